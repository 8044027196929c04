import type { LearningEventType } from '../contract/learning-event-type.ts';
import type { ProgressionState } from '../contract/progression-state.ts';
import type { Change } from './journal-entry.ts';
import type { KnownProgression } from './known-progression.ts';
import type { ObservedProgression } from './observed-progression.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Decides what a record tells that was not known: the change to journal, or null when nothing happened. Pure.
 *
 * One event per observed change of status, the most specific one; a removal, restoration or erasure follows it. A null
 * never replaces a known value, since Kombo nulls a field that a customer turns off. A difference that is no event
 * (`changed_at`, a remote id, a date that no event reports) is not a change by itself: it becomes known with the next
 * event, so that each event's `previous` is exactly what the event before it said.
 */
export function decideEvents(known: KnownProgression | null, observed: ObservedProgression): Change | null {
  if (known === null) return firstSight(observed);

  const merged = mergeKnown(known.state, observed);
  const isDiscarded =
    known.discarded !== null && sameFacts(mergeKnown(known.discarded, observed), known.discarded);
  const state = isDiscarded ? known.state : merged;

  const events = [
    ...statusEvents(known.state, state),
    ...removalEvents(known.state, state),
    ...erasureEvents(known, observed),
  ];
  // A discarded change that went away is forgotten: when it comes again, it is a new one.
  const isForgotten = known.discarded !== null && !isDiscarded;
  if (events.length === 0 && !isForgotten) return null;
  return {
    previous: known.state,
    state: events.length === 0 ? known.state : state,
    events,
    learner: {
      id: observed.learner.id ?? known.learner.id,
      remoteId: observed.learner.remoteId ?? known.learner.remoteId,
    },
    course: {
      id: observed.course.id ?? known.course.id,
      remoteId: observed.course.remoteId ?? known.course.remoteId,
      revisionId: observed.course.revisionId ?? known.course.revisionId,
      revisionRemoteId: observed.course.revisionRemoteId ?? known.course.revisionRemoteId,
      title: observed.course.title,
    },
    erased: observed.erased,
    discarded: isDiscarded ? known.discarded : null,
  };
}

/** The same change, stored without a word: nothing is published for it, now or later. */
export function silenced(change: Change): Change {
  return { ...change, events: [] };
}

/**
 * The change as a person discarded it: what consumers were told stays known, and while Kombo shows this state nothing
 * has happened. At first sight the state becomes known silently.
 */
export function discarded(change: Change): Change {
  if (change.previous === null) return silenced(change);
  return { ...change, state: change.previous, events: [], discarded: change.state };
}

function firstSight(observed: ObservedProgression): Change {
  const { state, learner, course, erased } = observed;
  const isSilent = state.removedAt !== null || erased;
  const events = isSilent ? [] : statusEvents(null, state);
  return { previous: null, state, events, learner, course, erased, discarded: null };
}

/** The state with every null filled by what was known. A removed record that lost all its fields is still removed. */
function mergeKnown(known: ProgressionState, { state, erased }: ObservedProgression): ProgressionState {
  return {
    id: known.id,
    remoteId: state.remoteId ?? known.remoteId,
    status: state.status ?? known.status,
    enrolledAt: state.enrolledAt ?? known.enrolledAt,
    completedAt: state.completedAt ?? known.completedAt,
    changedAt: state.changedAt ?? known.changedAt,
    removedAt: state.removedAt ?? (erased ? known.removedAt : null),
  };
}

function sameFacts(a: ProgressionState, b: ProgressionState): boolean {
  return (
    a.status === b.status &&
    a.enrolledAt === b.enrolledAt &&
    a.completedAt === b.completedAt &&
    (a.removedAt === null) === (b.removedAt === null)
  );
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

/** A completion more than 24 h later is a renewed certification; less is a correction of the same one. */
function isRenewed(before: string | null, after: string | null): boolean {
  return before !== null && after !== null && Date.parse(after) - Date.parse(before) > DAY_MS;
}

function removalEvents(before: ProgressionState, after: ProgressionState): LearningEventType[] {
  if (before.removedAt === null && after.removedAt !== null) return ['ProgressionRemoved'];
  if (before.removedAt !== null && after.removedAt === null) return ['ProgressionRestored'];
  return [];
}

function erasureEvents(known: KnownProgression, observed: ObservedProgression): LearningEventType[] {
  return observed.erased && !known.erased ? ['LearnerDataErased'] : [];
}
