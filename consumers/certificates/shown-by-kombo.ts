import type { LearningEvent } from '../../functions/contract/learning-events.ts';
import { type ObservedProgression, referencesShown } from '../../functions/core/state/progression.ts';
import { COMPLETIONS } from './certificate-rule.ts';
import type { CertificateState } from './certificate-state.ts';

/** Kombo does not show what an event says: the event is forged, or something else has happened since. */
export class UnconfirmedEventError extends Error {
  override readonly name = 'UnconfirmedEventError';
}

/** Whether an event changes more than a position: a certificate is issued or ends, or data is erased. */
export function hasEffect(before: CertificateState, after: CertificateState): boolean {
  return before.certificates !== after.certificates || before.erasure !== after.erasure;
}

/**
 * Whether Kombo shows what an event says: whoever may put events on the bus may forge one.
 *
 * @param record null when Kombo no longer has it
 */
export function isShown({ type, detail }: LearningEvent, record: ObservedProgression | null): boolean {
  if (type === 'LearnerDataErased') return record === null || record.erased || record.namesBlank;
  if (record === null) return false;
  const { status, completedAt } = record.state;
  if (!COMPLETIONS.includes(type)) return status !== 'COMPLETED';
  // Some platforms show no date, and customers can turn the field off: then the event's date is trusted.
  return status === 'COMPLETED' && (completedAt === null || completedAt === detail.progression.completedAt);
}

/** The event with the learner and the course as Kombo shows them, and without the names that it may carry. */
export function asShown(event: LearningEvent, record: ObservedProgression | null): LearningEvent {
  const shown = record === null ? {} : referencesShown(event.detail, record);
  return { ...event, detail: { ...event.detail, ...shown } };
}
