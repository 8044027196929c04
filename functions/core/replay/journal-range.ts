import type { JournalEntry } from '../state/journal-entry.ts';
import type { TimeRange } from './selection.ts';

/**
 * The largest difference that is assumed between the clocks of two machines. Entries are numbered in the
 * order in which they were appended, but their dates are from the clocks of different machines.
 */
export const CLOCKS_MS = 30 * 60 * 1000;

/**
 * Finds the entries of a time range by binary search. The result may include entries outside the range, so
 * the caller must still check the date of each entry.
 *
 * @param readEntry returns null for an entry that retention removed; old entries are removed in no particular
 *   order
 * @returns their numbers; `last` is less than `first` if no entry is in the range
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
  // A removed entry has no date, so the search assumes the date that makes the range larger.
  const lowest = await firstThat(isFrom(from, -CLOCKS_MS, true), first, last + 1);
  const end = to === null ? last + 1 : await firstThat(isFrom(to, CLOCKS_MS, false), lowest, last + 1);
  return { first: lowest, last: end - 1 };
}

/** Returns the first number for which `holds` is true, found by binary search, or `end` if there is none. */
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
