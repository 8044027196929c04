import type { Checkpoint, Run } from '../state/checkpoint.ts';
import { countEvents, type JournalEntry } from '../state/journal-entry.ts';
import { slotOf } from '../state/run-progress.ts';
import { addToSurge } from '../state/surge.ts';

/**
 * The checkpoint after an entry was applied and published. What counts towards a hold is taken from the entry itself, so
 * that a crash does not forget it: recovery comes through here too.
 *
 * @param now the machine's clock, in milliseconds
 */
export function advance(checkpoint: Checkpoint, entry: JournalEntry, now: number): Checkpoint {
  const slot = slotOf(entry.mode);
  return {
    ...checkpoint,
    entry: entry.number,
    accepted: null,
    known: checkpoint.known + entry.tally.firstSeen,
    surge: addToSurge(checkpoint.surge, entry.tally.suspect, now),
    hasEnrolmentDates:
      checkpoint.hasEnrolmentDates || entry.changes.some(({ state }) => state.enrolledAt !== null),
    [slot]: withEntry(checkpoint[slot], entry),
  };
}

function withEntry(run: Run | null, entry: JournalEntry): Run | null {
  if (run === null) return null;
  return {
    ...run,
    passChanged: run.passChanged || entry.changes.length > 0,
    events: run.events + countEvents(entry),
    missed: run.missed + entry.tally.missed,
  };
}
