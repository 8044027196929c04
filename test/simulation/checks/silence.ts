import { isDeepStrictEqual } from 'node:util';
import type { Item } from '../table/attribute-values.ts';
import type { MemoryTable } from '../table/memory-table.ts';

/**
 * Returns the items of the table except checkpoints, which count their own writes, and unknown statuses,
 * which each reconciliation counts again.
 */
export function tableItems(table: MemoryTable): Map<string, Item> {
  return new Map(
    table
      .items()
      .filter(({ sk }) => sk?.S !== 'checkpoint' && !sk?.S?.startsWith('status/'))
      .map((item) => [`${item['pk']?.S} ${item['sk']?.S}`, item]),
  );
}

/**
 * Returns the keys of items that are new or different. An item that was not written is the same object as
 * before, which saves most deep comparisons.
 */
export function changedItems(before: Map<string, Item>, after: Map<string, Item>): string[] {
  return [...after].flatMap(([key, item]) => {
    const was = before.get(key);
    return was === item || isDeepStrictEqual(was, item) ? [] : [key];
  });
}
