import { createHash } from 'node:crypto';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** At least one item, so that there is always something to pick. */
export type Choices<Item> = readonly [Item, ...Item[]];

/** A stream of random decisions that is the same each time for the same key. */
export type Random = {
  /** A whole number, both ends included. */
  integer(least: number, most: number): number;
  /** True with this probability, 0 to 1, to the thousandth. */
  chance(share: number): boolean;
  pick<Item>(items: Choices<Item>): Item;
  /** One of the items, each as often as its weight says. */
  weighted<Item extends { weight: number }>(items: Choices<Item>): Item;
};

/**
 * The random stream of a key. Each learner and each progression draws from a stream of its own: otherwise one more
 * learner would change everybody's history, and the history would depend on when it is looked at.
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
