import type { Baseline } from '../../../functions/contract/integration.ts';
import type { JournalEntry } from '../../../functions/core/state/journal-entry.ts';
import type { Accuse } from './violation.ts';

/**
 * Checks that a first sync publishes nothing, everything, or the records with a date from the requested date
 * on, as its mode says. Also checks that no other run processes a record before the first sync has ended.
 *
 * @param baselinedAt the time at which the bus received the event about the end of the first sync
 * @param machineSkewMs the largest difference between the clocks of two machines
 */
export function checkBaseline(
  entries: JournalEntry[],
  baseline: Baseline,
  { baselinedAt, machineSkewMs }: { baselinedAt: number; machineSkewMs: number },
  accuse: Accuse,
): void {
  for (const { number, mode, changes, detectedAt } of entries) {
    const isEarly = changes.length > 0 && Date.parse(detectedAt) + machineSkewMs < baselinedAt;
    if (isEarly && mode !== 'baseline')
      accuse('no run precedes the first sync', `entry ${number} of ${mode}`);
    if (mode !== 'baseline') continue;
    for (const { previous, state, events } of changes) {
      if (previous !== null || state.removedAt !== null || state.status === null) continue;
      const expected = isToBePublished(state, baseline);
      if (expected !== null && expected !== events.length > 0) {
        accuse('the first sync publishes what its mode says', JSON.stringify({ baseline, state, events }));
      }
    }
  }
}

/**
 * Returns whether a baseline must publish a record with this state. Returns null if the baseline publishes
 * from a date on and the record has no date, because the design does not define this case.
 */
function isToBePublished(
  { status, completedAt, enrolledAt }: JournalEntry['changes'][number]['state'],
  baseline: Baseline,
): boolean | null {
  if (baseline.mode !== 'since') return baseline.mode === 'publish';
  const date = (status === 'COMPLETED' ? completedAt : null) ?? enrolledAt;
  return date === null ? null : date >= baseline.date;
}
