import type { LearnerDetails, LearningEventType, ProgressionState } from '../../contract/event-parts.ts';
import { toolOf } from '../../contract/integration.ts';
import type {
  ChangedField,
  JournalPosition,
  LearningEvent,
  LearningEventDetail,
} from '../../contract/learning-events.ts';
import type { Change, JournalEntry } from '../state/journal-entry.ts';

/** Learner details by progression id, as Kombo shows them now. */
export type DetailsById = ReadonlyMap<string, LearnerDetails>;

export type JournalledEvent = LearningEvent & { detail: LearningEventDetail & { journal: JournalPosition } };

const COMPARED = ['remoteId', 'status', 'enrolledAt', 'completedAt', 'removedAt'] as const;
const NO_DETAILS: LearnerDetails = { firstName: null, lastName: null, email: null };

/**
 * Returns the events of a journal entry, in order. Two results for one entry differ only in learner details.
 *
 * @param details null if the deployment omits them. Details of progressions outside the map are null
 */
export function eventsOfEntry(entry: JournalEntry, details: DetailsById | null): JournalledEvent[] {
  const integration = { id: entry.integration, tool: toolOf(entry.integration) };
  const events: JournalledEvent[] = [];
  for (const change of entry.changes) {
    for (const transition of transitionsOf(change)) {
      const index = events.length;
      events.push({
        type: transition.type,
        detail: {
          version: 1,
          id: `${entry.integration}/${entry.number}/${index}`,
          integration,
          journal: { entry: entry.number, index },
          occurredAt: occurredAt(transition, entry),
          detectedAt: entry.detectedAt,
          progression: transition.state,
          previous: transition.previous,
          changes: changedFields(transition),
          learner:
            details === null
              ? change.learner
              : { ...change.learner, ...(details.get(change.state.id) ?? NO_DETAILS) },
          course: change.course,
        },
      });
    }
  }
  return events;
}

/** One event of a change, with the states before and after the event. */
type Transition = {
  type: LearningEventType;
  previous: ProgressionState | null;
  state: ProgressionState;
  /** Whether the change moved Kombo's `changed_at` forward. */
  isChangeDated: boolean;
};

/**
 * Returns the transitions of a change, one per event. Between a status event and a removal or restoration,
 * the state has the new status and is not yet removed or restored.
 */
function transitionsOf(change: Change): Transition[] {
  let previous = change.previous;
  const isChangeDated = (change.state.changedAt ?? '') > (previous?.changedAt ?? '');
  return change.events.map((type, at) => {
    const isLast = at === change.events.length - 1;
    const state =
      isLast || type === 'ProgressionRemoved'
        ? change.state
        : { ...change.state, removedAt: previous?.removedAt ?? null };
    const transition = { type, previous, state, isChangeDated };
    previous = state;
    return transition;
  });
}

/** When a change was read, and the `updated_after` of the request (null if all records were requested). */
type Reading = { detectedAt: string; updatedAfter: string | null };

/** Returns when the event happened on the learning platform, or when it was detected if that is not known. */
function occurredAt(transition: Transition, reading: Reading): string {
  return ownDate(transition) ?? changeDate(transition, reading) ?? reading.detectedAt;
}

/**
 * Returns the platform's own date of the event, such as the completion date, or null. A date that the
 * previous state already had, together with a status, belongs to an earlier event.
 */
function ownDate({ type, previous, state }: Transition): string | null {
  const isFirstStatus = (previous?.status ?? null) === null;
  switch (type) {
    case 'CourseCompleted':
    case 'CourseRecompleted':
      return isFirstStatus || state.completedAt !== previous?.completedAt ? state.completedAt : null;
    case 'LearnerEnrolled':
    case 'LearnerReenrolled':
      return isFirstStatus || state.enrolledAt !== previous?.enrolledAt ? state.enrolledAt : null;
    case 'ProgressionRemoved':
      return state.removedAt;
    case 'CourseStarted':
    case 'CompletionCorrected':
    case 'CourseReopened':
    case 'LearnerDropped':
    case 'ProgressReset':
    case 'EnrollmentCorrected':
    case 'ProgressionRestored':
    case 'LearnerDataErased':
      return null;
  }
}

/**
 * Returns `changed_at`, or null if it belongs to an earlier change: the change did not move it forward, or it
 * is before `updated_after`.
 */
function changeDate(
  { state: { changedAt }, isChangeDated }: Transition,
  { updatedAfter }: Reading,
): string | null {
  if (changedAt === null || !isChangeDated) return null;
  return updatedAfter === null || changedAt >= updatedAfter ? changedAt : null;
}

function changedFields({ type, previous, state }: Transition): ChangedField[] {
  const fields: ChangedField[] = COMPARED.filter((field) => state[field] !== (previous?.[field] ?? null));
  return type === 'LearnerDataErased' ? [...fields, 'learner'] : fields;
}
