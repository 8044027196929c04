import { canonical } from './attribute-values.ts';
import type { MemoryTable } from './memory-table.ts';

/** What the table holds besides checkpoints, which count their own writes. */
export function tableItems(table: MemoryTable): Map<string, string> {
  return new Map(
    table
      .items()
      .filter((item) => item['sk']?.S !== 'checkpoint')
      .map((item) => [`${item['pk']?.S} ${item['sk']?.S}`, canonical(item)]),
  );
}

/** The keys of items that are new or different. */
export function changedItems(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...after].flatMap(([key, content]) => (before.get(key) === content ? [] : [key]));
}
