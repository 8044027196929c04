import type { SchoolRecord } from './school-model.ts';

/**
 * Returns the records in the order in which pages show them. Each number `shuffle` gives a different order.
 * With `repeats`, each record is shown twice.
 */
export function inShownOrder(
  records: SchoolRecord[],
  { shuffle, repeats }: { shuffle: number; repeats: boolean },
): SchoolRecord[] {
  const shown = records.toSorted((a, b) => rank(a.raw.id, shuffle) - rank(b.raw.id, shuffle));
  return repeats ? [...shown, ...shown] : shown;
}

function rank(id: string, shuffle: number): number {
  let hash = Math.imul(shuffle + 1, 2654435761);
  for (const character of id) hash = Math.imul(hash ^ character.charCodeAt(0), 16777619);
  return (hash ^ (hash >>> 15)) >>> 0;
}
