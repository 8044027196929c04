import { createHash } from 'node:crypto';
import { ALPHABET } from './kombo-id.ts';

/** Four parts of 32 bits, each in six letters. */
const PARTS = 4;
const LETTERS = 6;

/** Ids in Kombo's form that stand for numbers from 0 to 4,294,967,295, without a list of them. */
export type NumberedIds = {
  idOf(number: number): string;
  /** Null for what is not one of these ids. */
  numberOf(id: string): number | null;
};

/**
 * The ids of one model of one integration. They look random, as Kombo's do, so that they compress no better: each part is
 * the number times a factor of the key's, of which one is undone to get it back.
 */
export function numberedIds(...key: string[]): NumberedIds {
  const hash = createHash('sha256').update(key.join('/')).digest();
  // Odd factors lose nothing modulo 2 to the 32nd.
  const factors = Array.from({ length: PARTS }, (_, part) => hash.readUInt32LE(part * 4) | 1);
  const offsets = Array.from({ length: PARTS }, (_, part) => hash.readUInt32LE(16 + part * 4));
  const last = PARTS - 1;
  const undo = inverse(factors[last] ?? 1);
  const partOf = (number: number, part: number) =>
    (Math.imul(number, factors[part] ?? 1) + (offsets[part] ?? 0)) >>> 0;
  const idOf = (number: number) => {
    let id = '';
    for (let part = 0; part < PARTS; part += 1) id += lettersOf(stirred(partOf(number, part), part < last));
    return id;
  };
  return {
    idOf,
    numberOf(id) {
      const value = numberIn(id.slice(-LETTERS));
      const number = Math.imul(value - (offsets[last] ?? 0), undo) >>> 0;
      return idOf(number) === id ? number : null;
    },
  };
}

/** Neighbouring numbers far apart; not undone. */
function stirred(value: number, isStirred: boolean): number {
  if (!isStirred) return value;
  const once = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  return (once ^ (once >>> 15)) >>> 0;
}

function lettersOf(value: number): string {
  let rest = value;
  let letters = '';
  for (let at = 0; at < LETTERS; at += 1) {
    letters = ALPHABET.charAt(rest % ALPHABET.length) + letters;
    rest = Math.floor(rest / ALPHABET.length);
  }
  return letters;
}

function numberIn(letters: string): number {
  let value = 0;
  for (const letter of letters) value = value * ALPHABET.length + Math.max(0, ALPHABET.indexOf(letter));
  return value % 2 ** 32;
}

/** Of an odd number modulo 2 to the 32nd, by Newton's iteration: each step doubles the bits that are right. */
function inverse(odd: number): number {
  let guess = odd;
  for (let bits = 3; bits < 32; bits *= 2) guess = Math.imul(guess, 2 - Math.imul(odd, guess));
  return guess;
}
