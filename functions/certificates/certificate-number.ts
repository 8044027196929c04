import { createHash } from 'node:crypto';
import { toolOf } from '../contract/integration-id.ts';

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

/** The folder of the bucket in which everything about a progression's certificates is stored. */
export function certificateFolder({ integration, progression }: CertifiedProgression): string {
  const tool = toolOf(integration);
  const parts = [tool, integration.slice(tool.length + 1), progression].map(encodeURIComponent);
  return ['certificates', ...parts].join('/');
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
