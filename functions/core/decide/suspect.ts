import type { LearningEventType, ProgressionState } from '../../contract/event-parts.ts';
import type { SuspectKind } from '../../contract/waiting-changes.ts';
import type { Change } from '../state/journal-entry.ts';
import type { KnownProgression } from '../state/progression.ts';

/**
 * A date is old if it is more than three days before the newest watermark. Three days are more than the
 * longest delay that Kombo documents: enrolments of Coursera appear up to 48 hours late.
 */
const OLD_AFTER_MS = 3 * 24 * 60 * 60 * 1000;

/** What is known about the integration from earlier runs. */
export type IntegrationHabits = {
  newestWatermark: string | null;
  /** Whether a known progression has an enrolment date, which shows that the platform sends these dates. */
  hasEnrolmentDates: boolean;
};

/**
 * Returns why a change is suspect, or null. Ordinary learning is not suspect: enrolments, starts and
 * completions with recent dates are published in any number. If several events are suspect, a removal or
 * restoration determines the kind, otherwise the first suspect event.
 */
export function suspectKind(
  change: Change,
  before: KnownProgression | null,
  habits: IntegrationHabits,
): SuspectKind | null {
  if (change.events.length === 0) return null;
  if (isOlderVersion(change.state, before)) return 'olderVersion';
  const kinds = change.events.map((type) => kindOf(type, change, before, habits));
  return kinds.find((kind) => kind === 'removed' || kind === 'restored') ?? kinds.find(Boolean) ?? null;
}

/** Returns whether a record has an earlier `changedAt` than the known state; false if one of them is null. */
export function isOlderVersion({ changedAt }: ProgressionState, before: KnownProgression | null): boolean {
  const knownAt = before?.state.changedAt ?? null;
  return changedAt !== null && knownAt !== null && changedAt < knownAt;
}

/** Returns the date of a record's status, or null if the record does not have this date. */
export function recordDate({ status, completedAt, enrolledAt }: ProgressionState): string | null {
  return (status === 'COMPLETED' ? completedAt : null) ?? enrolledAt;
}

function kindOf(
  type: LearningEventType,
  { previous, state }: Change,
  before: KnownProgression | null,
  habits: IntegrationHabits,
): SuspectKind | null {
  // A record whose status is null until now is judged like a new record: when a customer turns on the status
  // field in Kombo, every record gets its first status at once.
  const isFirstSighting = (previous?.status ?? null) === null;
  switch (type) {
    case 'ProgressionRemoved':
      return 'removed';
    case 'ProgressionRestored':
      return 'restored';
    case 'LearnerDataErased':
      return before?.unpublishedRemoval ? 'erased' : null;
    case 'CourseReopened':
      return 'reopened';
    case 'ProgressReset':
      return 'reset';
    case 'LearnerDropped':
      return (isFirstSighting ? firstSightingKind(state, habits) : null) ?? 'dropped';
    case 'LearnerEnrolled':
    case 'CourseStarted':
      return isFirstSighting ? firstSightingKind(state, habits) : null;
    case 'CourseCompleted':
      if (isFirstSighting) return firstSightingKind(state, habits);
      return isOld(state.completedAt, habits) ? 'completedOld' : null;
    case 'CourseRecompleted':
      return isOld(state.completedAt, habits) ? 'recompletedOld' : null;
    case 'CompletionCorrected':
      return correctionKind(previous?.completedAt ?? null, state.completedAt, habits);
    case 'EnrollmentCorrected':
      return correctionKind(previous?.enrolledAt ?? null, state.enrolledAt, habits);
    case 'LearnerReenrolled':
      return null;
  }
}

/**
 * Once there is a watermark, a new record without a date is suspect. Exception: enrolled or started records
 * on a platform that never sends enrolment dates (TalentLMS), where new enrolments look the same as older
 * records that were newly shared with Kombo.
 */
function firstSightingKind(state: ProgressionState, habits: IntegrationHabits): SuspectKind | null {
  const date = recordDate(state);
  if (date !== null) return isOld(date, habits) ? 'firstSeenOld' : null;
  const isOngoing = state.status === 'ENROLLED' || state.status === 'IN_PROGRESS';
  const isOrdinary = habits.newestWatermark === null || (isOngoing && !habits.hasEnrolmentDates);
  return isOrdinary ? null : 'firstSeenUndated';
}

/** Returns null if a recent date replaced null: this is not suspect. */
function correctionKind(
  was: string | null,
  is: string | null,
  habits: IntegrationHabits,
): SuspectKind | null {
  return was === null && !isOld(is, habits) ? null : 'corrected';
}

function isOld(date: string | null, { newestWatermark }: IntegrationHabits): boolean {
  if (date === null || newestWatermark === null) return false;
  return Date.parse(date) < Date.parse(newestWatermark) - OLD_AFTER_MS;
}
