import { createHash } from 'node:crypto';

/** The letters and digits of Kombo's ids. */
export const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** An id in Kombo's form, 24 letters and digits such as `26vafvWSRmbhNcxJYqjCzuJg`: the same for the same key. */
export function komboId(...key: (string | number)[]): string {
  const hash = createHash('sha256').update(key.join('/')).digest();
  return Array.from(hash.subarray(0, 24), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
}
