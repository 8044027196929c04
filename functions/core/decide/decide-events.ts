import type { LearningEventType, ProgressionState } from '../../contract/event-parts.ts';
import type { Change } from '../state/journal-entry.ts';
import {
  type Facts,
  type KnownProgression,
  type ObservedProgression,
  type References,
  referencesShown,
  sameFacts,
  sameReferences,
} from '../state/progression.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Kombo anonymises records 14 days after their removal (API reference, `remote_deleted_at`). */
const ANONYMISED_AFTER_MS = 14 * DAY_MS;

/**
 * Compares a record with the known state. Returns the change to append to the journal, or null if nothing
 * happened.
 *
 * - A change of status publishes one event, the most specific one. A removal, restoration or erasure
 *   publishes another event after it.
 * - Null does not replace a known value, since Kombo returns null for a field that a customer has turned off.
 *   Only the completion date becomes null when the status changes.
 * - Changes of other fields (such as `changed_at` and the platform's own id) publish no event and are stored
 *   with the next event, so that each event's `previous` is exactly the state after the event before it.
 * - New ids of learner or course are stored immediately, without an event.
 *
 * @param detectedAt when the record was read; also the date of a removal without a usable date
 */
export function decideEvents(
  known: KnownProgression | null,
  observed: ObservedProgression,
  detectedAt: string,
): Change | null {
  if (known === null) return firstSight(observed, detectedAt);

  const before = { ...known.state, erased: known.erased };
  const isUnseen = known.unpublishedRemoval === 'first-seen';
  const factsAfter = (facts: Facts) => {
    const shown = factsShown(facts, observed, detectedAt);
    return isUnseen && shown.removedAt !== null ? { ...facts, erased: shown.erased } : shown;
  };
  const discarded =
    known.discarded !== null && sameFacts(factsAfter(known.discarded), known.discarded)
      ? known.discarded
      : null;
  const facts = discarded === null ? factsAfter(before) : before;
  const references = referencesAfter(known, observed, facts);

  const events = [
    ...statusEvents(before, facts),
    ...removalEvents(before, facts),
    ...erasureEvents(known, facts),
  ];
  const isForgotten = known.discarded !== null && discarded === null;
  const isMoved = !sameReferences(references, known);
  if (events.length === 0 && !isForgotten && !isMoved) return null;
  const { erased, ...state } = facts;
  return {
    previous: known.state,
    previousEntry: known.entry,
    state: events.length > 0 ? state : known.state,
    events,
    ...references,
    erased,
    discarded,
    unpublishedRemoval: facts.removedAt === null ? null : known.unpublishedRemoval,
  };
}

/** Returns the change without its events, so that it is stored and never published. */
export function silenced(change: Change): Change {
  const isRemoval = change.events.includes('ProgressionRemoved');
  return { ...change, events: [], ...(isRemoval && { unpublishedRemoval: 'silenced' }) };
}

/**
 * Returns the change that is stored after a person discarded it. The known state stays, and no event is
 * published while Kombo shows the discarded facts. The state of a new record is stored without an event. A
 * discarded removal includes the erasure that follows 14 days later, as its fingerprint does.
 */
export function discarded(change: Change, before: KnownProgression | null): Change {
  if (before === null) return silenced(change);
  const { state, erased } = change;
  return {
    ...change,
    previous: before.state,
    state: before.state,
    events: [],
    erased: before.erased,
    discarded: { ...state, erased: erased || change.events.includes('ProgressionRemoved') },
    unpublishedRemoval: before.unpublishedRemoval,
  };
}

/** An already removed record is stored without its status: the status is published after a restoration. */
function firstSight(observed: ObservedProgression, detectedAt: string): Change {
  const { learner, course } = observed;
  const { erased, ...state } = factsShown(null, observed, detectedAt);
  const isRemoved = state.removedAt !== null;
  return {
    previous: null,
    previousEntry: null,
    state: isRemoved ? { ...state, status: null } : state,
    events: isRemoved ? [] : statusEvents(null, state),
    learner,
    course,
    erased,
    discarded: null,
    unpublishedRemoval: isRemoved ? 'first-seen' : null,
  };
}

function factsShown(known: Facts | null, observed: ObservedProgression, detectedAt: string): Facts {
  const { state } = observed;
  const removedAt = removedAtOf(known, observed, detectedAt);
  // A reopened course has no completion date, and a second completion does not get the date of the first.
  const isNewStatus =
    state.status !== null && (known?.status ?? null) !== null && state.status !== known?.status;
  return {
    id: state.id,
    remoteId: state.remoteId ?? known?.remoteId ?? null,
    status: state.status ?? known?.status ?? null,
    enrolledAt: state.enrolledAt ?? known?.enrolledAt ?? null,
    completedAt: state.completedAt ?? (isNewStatus ? null : (known?.completedAt ?? null)),
    changedAt: state.changedAt ?? known?.changedAt ?? null,
    removedAt,
    erased: removedAt !== null && isErased(known, observed, removedAt, detectedAt),
  };
}

function removedAtOf(known: Facts | null, observed: ObservedProgression, detectedAt: string): string | null {
  if (!observed.removed && !observed.erased) return null;
  return observed.state.removedAt ?? known?.removedAt ?? detectedAt;
}

/** A record without names 14 days after its removal counts as erased, until it is restored. */
function isErased(
  known: Facts | null,
  { erased, namesBlank }: ObservedProgression,
  removedAt: string,
  detectedAt: string,
): boolean {
  if (erased || known?.erased) return true;
  return namesBlank && Date.parse(removedAt) <= Date.parse(detectedAt) - ANONYMISED_AFTER_MS;
}

/** The ids of an erased learner are not stored again, even if an anonymised record still has them. */
function referencesAfter(known: KnownProgression, observed: ObservedProgression, facts: Facts): References {
  const shown = referencesShown(known, observed);
  return known.erased && facts.erased ? { ...shown, learner: known.learner } : shown;
}

function statusEvents(before: ProgressionState | null, after: ProgressionState): LearningEventType[] {
  const was = before?.status ?? null;
  if (after.status !== null && after.status !== was) return [statusEvent(was, after.status)];
  if (before === null || after.status === null) return [];
  if (after.status === 'COMPLETED' && after.completedAt !== before.completedAt) {
    return [isRenewed(before.completedAt, after.completedAt) ? 'CourseRecompleted' : 'CompletionCorrected'];
  }
  return after.enrolledAt === before.enrolledAt ? [] : ['EnrollmentCorrected'];
}

function statusEvent(
  was: ProgressionState['status'],
  is: NonNullable<ProgressionState['status']>,
): LearningEventType {
  if (is === 'COMPLETED') return 'CourseCompleted';
  if (is === 'DROPPED') return 'LearnerDropped';
  switch (was) {
    case 'COMPLETED':
      return 'CourseReopened';
    case 'DROPPED':
      return 'LearnerReenrolled';
    case 'IN_PROGRESS':
      return 'ProgressReset';
    case 'ENROLLED':
      return 'CourseStarted';
    case null:
      return is === 'ENROLLED' ? 'LearnerEnrolled' : 'CourseStarted';
  }
}

/** A completion date that moves more than 24 hours later is a renewal. Every other change is a correction. */
function isRenewed(before: string | null, after: string | null): boolean {
  return before !== null && after !== null && Date.parse(after) - Date.parse(before) > DAY_MS;
}

function removalEvents(before: ProgressionState, after: ProgressionState): LearningEventType[] {
  if (before.removedAt === null && after.removedAt !== null) return ['ProgressionRemoved'];
  if (before.removedAt !== null && after.removedAt === null) return ['ProgressionRestored'];
  return [];
}

function erasureEvents(known: KnownProgression, { erased }: Facts): LearningEventType[] {
  return erased && !known.erased ? ['LearnerDataErased'] : [];
}
