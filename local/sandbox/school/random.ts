import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export type Choices<Item> = readonly [Item, ...Item[]];

export type Random = ReturnType<typeof randomOf>;

/**
 * The same key always gives the same numbers. Each learner and each progression has a separate stream: with a
 * common one, an additional learner would change all histories, and a history would depend on the time at
 * which it is read.
 */
export function randomOf(...key: (string | number)[]) {
  const generator = xoroshiro128plus(createHash('sha256').update(key.join('/')).digest().readInt32BE());
  /** Both limits are inclusive. */
  const integer = (least: number, most: number): number => uniformInt(generator, least, most);
  return {
    integer,
    /** `share` is from 0 to 1, with a precision of one thousandth. */
    chance: (share: number): boolean => integer(0, 999) < share * 1000,
    pick: <Item>(items: Choices<Item>): Item => items[integer(0, items.length - 1)] ?? items[0],
    /** The probability of an item is proportional to its weight. */
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

/** The same key gives the same id: 24 letters and digits, such as `26vafvWSRmbhNcxJYqjCzuJg`. */
export function komboId(...key: (string | number)[]): string {
  const hash = createHash('sha256').update(key.join('/')).digest();
  return Array.from(hash.subarray(0, 24), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
}
