/**
 * Groups items in their order, so that no group has more than `count` items or a total size above `size`. An
 * item that alone is larger than `size` is in a separate group.
 */
export function grouped<Item>(
  items: Item[],
  { count = Number.POSITIVE_INFINITY, size = Number.POSITIVE_INFINITY }: { count?: number; size?: number },
  sizeOf: (item: Item) => number = () => 0,
): Item[][] {
  const groups: Item[][] = [];
  let total = 0;
  for (const item of items) {
    const itemSize = sizeOf(item);
    const group = groups.at(-1);
    if (group === undefined || group.length === count || total + itemSize > size) {
      groups.push([item]);
      total = itemSize;
    } else {
      group.push(item);
      total += itemSize;
    }
  }
  return groups;
}
