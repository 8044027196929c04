/**
 * Groups items in their order, so that no group exceeds a limit. An item that alone is larger than the limit
 * is in a separate group.
 *
 * @param limits.count the maximum number of items in a group
 * @param limits.size the maximum total size of the items in a group
 * @param sizeOf returns the size of an item
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
