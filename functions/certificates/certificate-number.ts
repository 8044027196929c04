import { createHash } from 'node:crypto';
import { toolOf } from '../contract/integration-id.ts';

/** Crockford's base 32: nothing in it is mistaken for anything else. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** One completion of one progression: what a certificate is for. */
export type Completion = { integration: string; progression: string; completedAt: string };

/**
 * The number of the certificate of a completion, such as `2026-7Q4M-9XKD-20TC`: the same each time, and telling nothing.
 * 60 bits: among a million certificates of a year, two with the same number are less likely than 1 in 2 million.
 */
export function certificateNumber({ integration, progression, completedAt }: Completion): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([integration, progression, completedAt]))
    .digest();
  return `${completedAt.slice(0, 4)}-${inGroups(digest, 12)}`;
}

/** A verification code from random bytes, such as `K7QF-3M2W-9RTB`. It cannot be guessed from the number. */
export function verificationCode(random: Uint8Array): string {
  return inGroups(random, 12);
}

/**
 * Where the certificate of a completion is kept, without its folder: the same each time, so that it is stored once.
 */
export function certificatePath({ integration, progression, completedAt }: Completion): string {
  const tool = toolOf(integration);
  const parts = [tool, integration.slice(tool.length + 1), progression].map(encodeURIComponent);
  return [...parts, completedAt.replaceAll(/[-:.]/g, '')].join('/');
}

function inGroups(bytes: Uint8Array, length: number): string {
  if (bytes.length < length) throw new Error(`${length} bytes are needed`);
  const letters = [...bytes.slice(0, length)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return letters.replaceAll(/(.{4})(?=.)/g, '$1-');
}
