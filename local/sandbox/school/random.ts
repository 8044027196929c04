import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A list with at least one item. */
export type Choices<Item> = readonly [Item, ...Item[]];

export type Random = ReturnType<typeof randomOf>;

/**
 * Creates the random stream of a key. The same key always gives the same random numbers. Each learner and
 * each progression has a separate stream. With one common stream, an additional learner would change all
 * histories, and a history would depend on the time at which it is read.
 */
export function randomOf(...key: (string | number)[]) {
  const generator = xoroshiro128plus(createHash('sha256').update(key.join('/')).digest().readInt32BE());
  /** Returns an integer from `least` to `most`, both inclusive. */
  const integer = (least: number, most: number): number => uniformInt(generator, least, most);
  return {
    integer,
    /** Returns true with this probability, from 0 to 1, with a precision of one thousandth. */
    chance: (share: number): boolean => integer(0, 999) < share * 1000,
    pick: <Item>(items: Choices<Item>): Item => items[integer(0, items.length - 1)] ?? items[0],
    /** Returns one of the items, with a probability proportional to its weight. */
    weighted: <Item extends { weight: number }>(items: Choices<Item>): Item => {
      let left = integer(
        1,
        items.reduce((sum, item) => sum + item.weight, 0),
      );
      for (const item of items) {
        left -= item.weight;
        if (left <= 0) return item;
      }
      return items[0];
    },
  };
}

/** The letters and digits of Kombo's ids. */
export const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/**
 * Returns an id in Kombo's form: 24 letters and digits, such as `26vafvWSRmbhNcxJYqjCzuJg`. The same key gives the same
 * id.
 */
export function komboId(...key: (string | number)[]): string {
  const hash = createHash('sha256').update(key.join('/')).digest();
  return Array.from(hash.subarray(0, 24), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
}
