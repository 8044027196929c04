import type { JournalEntry } from '../../../functions/core/journal-entry.ts';
import type { Accuse } from './violation.ts';

/** An hour less than a day: the machines' clocks differ a little. */
const WINDOW_MS = 23 * 60 * 60 * 1000;

/**
 * No more removals and restorations passed in a day than may pass without a person, and than persons let through.
 *
 * @param letThrough how many, in the whole history
 */
export function checkHolds(entries: JournalEntry[], limit: number, letThrough: number, accuse: Accuse): void {
  const times = entries
    .filter(({ mode }) => mode !== 'baseline')
    .flatMap(({ changes, detectedAt }) =>
      changes
        .filter(
          ({ events }) => events.includes('ProgressionRemoved') || events.includes('ProgressionRestored'),
        )
        .map(() => Date.parse(detectedAt)),
    );
  for (const end of times) {
    const count = times.filter((time) => time <= end && time > end - WINDOW_MS).length;
    if (count > limit + letThrough) {
      accuse(
        'no surprise floods',
        `${count} removals or restorations in a day, ${limit} may pass and ${letThrough} were let through`,
      );
      return;
    }
  }
}
