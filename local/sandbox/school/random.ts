import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** At least one item to pick from. */
export type Choices<Item> = readonly [Item, ...Item[]];

/** Random decisions that are the same for the same key. */
export type Random = {
  /** An integer from `least` to `most`, both inclusive. */
  integer(least: number, most: number): number;
  /** True with this probability, 0 to 1, to the thousandth. */
  chance(share: number): boolean;
  pick<Item>(items: Choices<Item>): Item;
  /** One of the items, with a probability proportional to its weight. */
  weighted<Item extends { weight: number }>(items: Choices<Item>): Item;
};

/**
 * The random stream of a key. Each learner and each progression has its own stream: otherwise one more learner would change
 * the history of all, and the history would depend on when it is read.
 */
export function randomOf(...key: (string | number)[]): Random {
  const generator = xoroshiro128plus(createHash('sha256').update(key.join('/')).digest().readInt32BE());
  const integer = (least: number, most: number) => uniformInt(generator, least, most);
  return {
    integer,
    chance: (share) => integer(0, 999) < share * 1000,
    pick: (items) => items[integer(0, items.length - 1)] ?? items[0],
    weighted: (items) => {
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

/** An id in Kombo's form, 24 letters and digits such as `26vafvWSRmbhNcxJYqjCzuJg`: the same for the same key. */
export function komboId(...key: (string | number)[]): string {
  const hash = createHash('sha256').update(key.join('/')).digest();
  return Array.from(hash.subarray(0, 24), (byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
}
