import { createHash } from 'node:crypto';
import { toolOf } from '../../functions/contract/integration.ts';

/** The characters of Crockford's base 32. No two of them look alike. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Kombo's ids of the integration and the progression that a certificate belongs to. */
export type CertifiedProgression = { integration: string; progression: string };

/**
 * Returns the number of a certificate, such as `2026-7Q4M-9XKD-20TC`. The number contains no information
 * about the learner. Besides the year, it has 60 bits of a hash. The probability that two of a million
 * certificates of one year have the same number is below 1 in 2 million.
 *
 * @param ordinal the number of earlier certificates of the progression. It is a part of the hash, so that
 *   each certificate of a progression has a different number
 */
export function certificateNumber(
  { integration, progression }: CertifiedProgression,
  completedAt: string,
  ordinal: number,
): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([integration, progression, completedAt, ordinal]))
    .digest();
  return `${completedAt.slice(0, 4)}-${inGroups(digest, 12)}`;
}

/**
 * Returns a verification code that is made from random bytes, such as `K7QF-3M2W-9RTB`. Nobody can guess the code from the
 * number of the certificate.
 */
export function verificationCode(random: Uint8Array): string {
  return inGroups(random, 12);
}

/**
 * The maximum number of characters of one part of a key. A key has three such parts, so it stays below the
 * 1,024 bytes that S3 allows, and each part stays below the 255 bytes that file systems allow:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
const LONGEST_PART = 200;

/**
 * Returns the folder of the bucket in which everything about a progression's certificates is stored. An id
 * can be any text. No id can lead to a path outside `certificates`, and no two progressions have the same
 * folder.
 */
export function certificateFolder({ integration, progression }: CertifiedProgression): string {
  const tool = toolOf(integration);
  const parts = [tool, integration.slice(tool.length + 1), progression].map(keyPart);
  return ['certificates', ...parts].join('/');
}

/**
 * Returns an id as one part of a path. Letters, digits and a few punctuation marks are unchanged. All other
 * characters are percent-encoded. Dots are encoded too, because `..` would be another folder. For an id that
 * is too long, empty or not well-formed Unicode, it returns `=` and a hash. No encoded id contains a `=`.
 */
function keyPart(id: string): string {
  const encoded = id.isWellFormed() ? encodeURIComponent(id).replaceAll('.', '%2E') : '';
  if (encoded !== '' && encoded.length <= LONGEST_PART) return encoded;
  return `=${createHash('sha256').update(JSON.stringify(id)).digest('hex')}`;
}

/** Returns the key of a certificate's PDF. */
export function pdfKey(folder: string, number: string): string {
  return `${folder}/${number}.pdf`;
}

function inGroups(bytes: Uint8Array, length: number): string {
  if (bytes.length < length)
    throw new Error(`At least ${length} bytes are needed, but there are ${bytes.length}`);
  const letters = [...bytes.slice(0, length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return letters.replaceAll(/(.{4})(?=.)/g, '$1-');
}
