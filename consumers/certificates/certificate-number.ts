import { createHash } from 'node:crypto';
import { toolOf } from '../../functions/contract/integration.ts';

/** Crockford's base 32: no two of its characters look alike. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Both ids are Kombo's. */
export type CertifiedProgression = { integration: string; progression: string };

/**
 * Returns for example `2026-7Q4M-9XKD-20TC`. The number contains no information about the learner. Besides
 * the year, it has 60 bits of a hash: the probability that two of a million certificates of one year have the
 * same number is below 1 in 2 million.
 *
 * @param ordinal the number of earlier certificates of the progression, so that each has a different number
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
 * Returns for example `K7QF-3M2W-9RTB`. Nobody can guess the code from the certificate's number. `random`
 * must have at least 12 bytes.
 */
export function verificationCode(random: Uint8Array): string {
  return inGroups(random, 12);
}

/**
 * A key has three parts of at most this many characters. It stays below the 1,024 bytes that S3 allows, and
 * each part below the 255 bytes that file systems allow:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
const LONGEST_PART = 200;

/** No id leads to a path outside `certificates`, and no two progressions have the same folder. */
export function certificateFolder({ integration, progression }: CertifiedProgression): string {
  const tool = toolOf(integration);
  const parts = [tool, integration.slice(tool.length + 1), progression].map(keyPart);
  return ['certificates', ...parts].join('/');
}

/**
 * Percent-encodes an id as one part of a path, also its dots, because `..` would be another folder. For an id
 * that is too long, empty or not well-formed Unicode, returns `=` and a hash. No encoded id contains a `=`.
 */
function keyPart(id: string): string {
  const encoded = id.isWellFormed() ? encodeURIComponent(id).replaceAll('.', '%2E') : '';
  if (encoded !== '' && encoded.length <= LONGEST_PART) return encoded;
  return `=${createHash('sha256').update(JSON.stringify(id)).digest('hex')}`;
}

export function pdfKey(folder: string, number: string): string {
  return `${folder}/${number}.pdf`;
}

function inGroups(bytes: Uint8Array, length: number): string {
  if (bytes.length < length)
    throw new Error(`At least ${length} bytes are needed, but there are ${bytes.length}`);
  const letters = [...bytes.slice(0, length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return letters.replaceAll(/(.{4})(?=.)/g, '$1-');
}
