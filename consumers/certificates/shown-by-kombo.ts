import type { LearningEvent } from '../../functions/contract/learning-events.ts';
import { type ObservedProgression, referencesShown } from '../../functions/core/state/progression.ts';
import { COMPLETIONS } from './certificate-rule.ts';
import type { CertificateState } from './certificate-state.ts';

/** The event does not agree with Kombo's record: it is forged, or the record has changed since. */
export class UnconfirmedEventError extends Error {
  override readonly name = 'UnconfirmedEventError';
}

/** Returns false for an event that changes at most a stored journal position. */
export function hasEffect(before: CertificateState, after: CertificateState): boolean {
  return before.certificates !== after.certificates || before.erasure !== after.erasure;
}

/**
 * Returns whether Kombo's record agrees with an event. Everyone with the right to send events to the bus can
 * send a forged event.
 *
 * @param record null when Kombo no longer has the progression
 */
export function isShown({ type, detail }: LearningEvent, record: ObservedProgression | null): boolean {
  if (type === 'LearnerDataErased') return record === null || record.erased || record.namesBlank;
  if (record === null) return false;
  const { status, completedAt } = record.state;
  if (!COMPLETIONS.includes(type)) return status !== 'COMPLETED';
  // Some platforms have no completion date, and customers can disable the field. The event's date is then
  // trusted.
  return status === 'COMPLETED' && (completedAt === null || completedAt === detail.progression.completedAt);
}

/**
 * Returns the event with the learner and the course from Kombo's record, and without names. Returns it
 * unchanged if Kombo no longer has the record.
 */
export function asShown(event: LearningEvent, record: ObservedProgression | null): LearningEvent {
  const shown = record === null ? {} : referencesShown(event.detail, record);
  return { ...event, detail: { ...event.detail, ...shown } };
}
