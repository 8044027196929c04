import type { JournalEntry } from '../state/journal-entry.ts';
import type { TimeRange } from './selection.ts';

/**
 * Entries are numbered in the order in which they were appended, but dated by the clocks of different machines. Each may
 * be off by half of this.
 */
export const CLOCKS_MS = 30 * 60 * 1000;

/**
 * The numbers between which all entries of a time range lie, and few others: each entry's own date must still be looked
 * at. Reads some twenty entries of a million.
 *
 * @param readEntry null for an entry that retention removed, which happens to old ones in no certain order
 * @param numbers the first and the last entry of the journal
 * @returns `last` below `first` when there is none
 */
export async function findEntries(
  readEntry: (number: number) => Promise<Pick<JournalEntry, 'detectedAt'> | null>,
  { first, last }: { first: number; last: number },
  { from, to }: TimeRange,
): Promise<{ first: number; last: number }> {
  const isFrom = (time: string, slackMs: number, ifRemoved: boolean) => async (number: number) => {
    const entry = await readEntry(number);
    return entry === null ? ifRemoved : Date.parse(entry.detectedAt) >= Date.parse(time) + slackMs;
  };
  // A removed entry has no time: it is treated as the answer that widens the range.
  const lowest = await firstThat(isFrom(from, -CLOCKS_MS, true), first, last + 1);
  const end = to === null ? last + 1 : await firstThat(isFrom(to, CLOCKS_MS, false), lowest, last + 1);
  return { first: lowest, last: end - 1 };
}

/** Where a test begins to hold, by halving; `end` when it never does. */
async function firstThat(
  holds: (number: number) => Promise<boolean>,
  start: number,
  end: number,
): Promise<number> {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (await holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
