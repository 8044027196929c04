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
  /** The latest watermark that the integration ever had. */
  newestWatermark: string | null;
  /** Whether a known progression has an enrolment date, which shows that the platform sends these dates. */
  hasEnrolmentDates: boolean;
};

/**
 * Returns why a change is suspect, or null if it is not suspect or has no events. Ordinary learning is not
 * suspect: enrolments, starts and completions with recent dates are published in any number. A change has
 * only one kind: `olderVersion` if the record is older than the known state, otherwise `removed` or
 * `restored` if it is a removal or restoration, otherwise the kind of its first suspect event.
 *
 * @param before the known state before the change
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

/**
 * Returns whether a record has an earlier `changedAt` than the known state. Returns false if one of the two
 * is null.
 */
export function isOlderVersion({ changedAt }: ProgressionState, before: KnownProgression | null): boolean {
  const knownAt = before?.state.changedAt ?? null;
  return changedAt !== null && knownAt !== null && changedAt < knownAt;
}

/**
 * Returns the date of a record's status: the completion date if the record is completed and has one,
 * otherwise the enrolment date. Returns null if the record does not have this date.
 */
export function recordDate({ status, completedAt, enrolledAt }: ProgressionState): string | null {
  return (status === 'COMPLETED' ? completedAt : null) ?? enrolledAt;
}

function kindOf(
  type: LearningEventType,
  { previous, state }: Change,
  before: KnownProgression | null,
  habits: IntegrationHabits,
): SuspectKind | null {
  // A first status counts like a new record. When a customer turns on the status field, Kombo shows a first
  // status for every record.
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
 * Returns why a new record is suspect, or null if it is not. A record with an old date is suspect. A record
 * without a date is suspect once there is a watermark. Exception: on a platform that never sends enrolment
 * dates (TalentLMS), enrolled or started records without a date are not suspect. There, new enrolments look
 * the same as older records that were newly shared with Kombo.
 */
function firstSightingKind(state: ProgressionState, habits: IntegrationHabits): SuspectKind | null {
  const date = recordDate(state);
  if (date !== null) return isOld(date, habits) ? 'firstSeenOld' : null;
  const isOngoing = state.status === 'ENROLLED' || state.status === 'IN_PROGRESS';
  const isOrdinary = habits.newestWatermark === null || (isOngoing && !habits.hasEnrolmentDates);
  return isOrdinary ? null : 'firstSeenUndated';
}

/**
 * Returns `corrected` if a known date changed, or if an old date replaced null. Returns null if a recent date
 * replaced null, which is not suspect.
 */
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
