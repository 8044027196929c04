import type { LearningEventType, ProgressionState } from '../../contract/event-parts.ts';
import { type IntegrationId, toolOf } from '../../contract/integration.ts';
import type { LearningEvent } from '../../contract/learning-events.ts';
import type { ObservedProgression } from '../state/progression.ts';

/** What cannot be derived from a record, in sentences for the user of a replay. */
export const NOT_KNOWN_FROM_KOMBO = [
  'Kombo has no dates of starts, drops, resets, reopenings, restorations and erasures, so these events are not replayed.',
  'Of each record, only the last enrolment, completion and removal is replayed: Kombo does not show earlier ones or corrections.',
  'Kombo does not show the state before an event, so `previous` is null. Dates and ids are those that Kombo shows today.',
  'An enrolment, completion or removal without a usable date is not replayed. A record that Kombo no longer returns is not replayed.',
  'An anonymised record no longer has the ids of its learner and course, so --learner and --course do not select it.',
  'The range applies to the dates that the platform shows. Dates in local time without a time zone are wrong by up to 14 hours, so choose a wider range.',
  'Records may change while the replay reads them, so the number of sent events can differ slightly from the counted number.',
] as const;

/**
 * Returns the events that can be derived from a record as Kombo shows it today, the earliest first. The same
 * record always gives the same event ids, which differ from all ids of journalled events.
 */
export function deriveEvents(
  integration: IntegrationId,
  { state, learner, course }: ObservedProgression,
  detectedAt: string,
): LearningEvent[] {
  const derived = (
    type: LearningEventType,
    occurredAt: string,
    progression: ProgressionState,
    changes: LearningEvent['detail']['changes'],
    previous: ProgressionState | null = null,
  ): LearningEvent => ({
    type,
    detail: {
      version: 1,
      id: `${integration}/kombo/${state.id}/${type}/${occurredAt}`,
      integration: { id: integration, tool: toolOf(integration) },
      journal: null,
      occurredAt,
      detectedAt,
      progression,
      previous,
      changes,
      learner,
      course,
    },
  });
  const { enrolledAt, completedAt, removedAt } = state;
  const present = { ...state, removedAt: null };
  const events: LearningEvent[] = [];
  if (enrolledAt !== null) {
    const enrolled = { ...present, status: 'ENROLLED' as const, completedAt: null, changedAt: null };
    events.push(derived('LearnerEnrolled', enrolledAt, enrolled, ['status', 'enrolledAt']));
  }
  if (state.status === 'COMPLETED' && completedAt !== null) {
    events.push(derived('CourseCompleted', completedAt, present, ['status', 'completedAt']));
  }
  if (removedAt !== null) {
    events.push(derived('ProgressionRemoved', removedAt, state, ['removedAt'], present));
  }
  return events.toSorted((a, b) => compare(a.detail.occurredAt, b.detail.occurredAt));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
