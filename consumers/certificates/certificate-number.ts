import { createHash } from 'node:crypto';
import { toolOf } from '../../functions/contract/integration.ts';

/** Crockford's base 32: no two of its letters look alike. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The progression that a certificate belongs to, by Kombo's ids. */
export type CertifiedProgression = { integration: string; progression: string };

/**
 * The number of a certificate, such as `2026-7Q4M-9XKD-20TC`. It contains no information about the learner.
 * 60 bits: among a million certificates of a year, two with the same number are less likely than 1 in 2 million.
 *
 * @param ordinal how many certificates the progression had before, so that each of them has its own number
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

/** A verification code from random bytes, such as `K7QF-3M2W-9RTB`. It cannot be guessed from the number. */
export function verificationCode(random: Uint8Array): string {
  return inGroups(random, 12);
}

/**
 * The most characters of an id in a key. A key of S3 has at most 1,024 bytes, a part of a file's path 255:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
const LONGEST_PART = 200;

/**
 * The folder of the bucket in which everything about a progression's certificates is stored. Platforms choose the ids:
 * none of them leaves the folder, and no two progressions share one.
 */
export function certificateFolder({ integration, progression }: CertifiedProgression): string {
  const tool = toolOf(integration);
  const parts = [tool, integration.slice(tool.length + 1), progression].map(keyPart);
  return ['certificates', ...parts].join('/');
}

/**
 * An id as one part of a path: letters, digits and a few marks unchanged, all others percent-encoded, dots as well (`..`). An
 * id that is too long, empty or not well-formed becomes a hash after `=`, which no encoded id contains.
 */
function keyPart(id: string): string {
  const encoded = id.isWellFormed() ? encodeURIComponent(id).replaceAll('.', '%2E') : '';
  if (encoded !== '' && encoded.length <= LONGEST_PART) return encoded;
  return `=${createHash('sha256').update(JSON.stringify(id)).digest('hex')}`;
}

/** The key of a certificate's PDF. */
export function pdfKey(folder: string, number: string): string {
  return `${folder}/${number}.pdf`;
}

function inGroups(bytes: Uint8Array, length: number): string {
  if (bytes.length < length) throw new Error(`${length} bytes are needed`);
  const letters = [...bytes.slice(0, length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return letters.replaceAll(/(.{4})(?=.)/g, '$1-');
}
