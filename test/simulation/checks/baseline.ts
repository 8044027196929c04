import type { Baseline } from '../../../functions/contract/integration.ts';
import type { JournalEntry } from '../../../functions/core/state/journal-entry.ts';
import type { Accuse } from './violation.ts';

/**
 * The first sync publishes nothing, everything, or what has a date of its own since the one that was asked for; no other
 * run takes anything in before it has ended.
 *
 * @param baselinedAt when the bus received that it has ended
 * @param machineSkewMs two machines differ at most so much
 */
export function checkBaseline(
  entries: JournalEntry[],
  baseline: Baseline,
  { baselinedAt, machineSkewMs }: { baselinedAt: number; machineSkewMs: number },
  accuse: Accuse,
): void {
  for (const { number, mode, changes, detectedAt } of entries) {
    const isEarly = changes.length > 0 && Date.parse(detectedAt) + machineSkewMs < baselinedAt;
    if (isEarly && mode !== 'baseline') accuse('the first sync comes first', `entry ${number} of ${mode}`);
    if (mode !== 'baseline') continue;
    for (const { previous, state, events } of changes) {
      if (previous !== null || state.removedAt !== null || state.status === null) continue;
      const expected = isToBePublished(state, baseline);
      if (expected !== null && expected !== events.length > 0) {
        accuse('the first sync publishes what was asked for', JSON.stringify({ baseline, state, events }));
      }
    }
  }
}

/** Null: the design leaves it open for what has no date. */
function isToBePublished(
  { status, completedAt, enrolledAt }: JournalEntry['changes'][number]['state'],
  baseline: Baseline,
): boolean | null {
  if (baseline.mode !== 'since') return baseline.mode === 'publish';
  const date = (status === 'COMPLETED' ? completedAt : null) ?? enrolledAt;
  return date === null ? null : date >= baseline.date;
}
