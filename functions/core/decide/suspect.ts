import type { LearningEventType, ProgressionState } from '../../contract/event-parts.ts';
import type { SuspectKind } from '../../contract/waiting-changes.ts';
import type { Change } from '../state/journal-entry.ts';
import type { KnownProgression } from '../state/progression.ts';

/** A date is old when it is this long before the watermark. Some platforms show changes 48 hours late. */
const OLD_AFTER_MS = 3 * 24 * 60 * 60 * 1000;

/** What the integration has shown so far. */
export type IntegrationHabits = {
  /** The latest watermark so far. */
  newestWatermark: string | null;
  /** Some known progression has an enrolment date, so the platform sends them. */
  hasEnrolmentDates: boolean;
};

/**
 * Why a change is suspect, or null for ordinary learning: enrolments, starts and completions with recent dates, which are
 * published in any number. A change counts once, as the first of its kinds.
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

/** Whether a record is an older version than the known state. */
export function isOlderVersion({ changedAt }: ProgressionState, before: KnownProgression | null): boolean {
  const knownAt = before?.state.changedAt ?? null;
  return changedAt !== null && knownAt !== null && changedAt < knownAt;
}

/** The date of a new record: of its completion if it is completed, else of its enrolment. */
export function recordDate({ status, completedAt, enrolledAt }: ProgressionState): string | null {
  return (status === 'COMPLETED' ? completedAt : null) ?? enrolledAt;
}

function kindOf(
  type: LearningEventType,
  { previous, state }: Change,
  before: KnownProgression | null,
  habits: IntegrationHabits,
): SuspectKind | null {
  // A first status counts like a new record: a customer who turns the field on shows it for every record.
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
 * A new record without a date is suspect, except on a platform that never sends enrolment dates (TalentLMS): there, new
 * enrolments look the same as an enlarged scope.
 */
function firstSightingKind(state: ProgressionState, habits: IntegrationHabits): SuspectKind | null {
  const date = recordDate(state);
  if (date !== null) return isOld(date, habits) ? 'firstSeenOld' : null;
  const isOngoing = state.status === 'ENROLLED' || state.status === 'IN_PROGRESS';
  const isOrdinary = habits.newestWatermark === null || (isOngoing && !habits.hasEnrolmentDates);
  return isOrdinary ? null : 'firstSeenUndated';
}

/** A corrected date is suspect. A recent date that was missing before is not. */
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
