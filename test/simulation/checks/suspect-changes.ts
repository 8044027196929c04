import type { Change } from '../../../functions/core/state/journal-entry.ts';

const OLD_AFTER = 3 * 24 * 60 * 60 * 1000;

/** The facts about an integration and a record from which a change is classified. */
export type Judged = {
  change: Change;
  /** The latest watermark that the integration ever had, or null before its first sync has ended. */
  watermark: string | null;
  /** Whether the record's removal was published and the record has not returned since its removal. */
  isRemovalPublished: boolean;
  /** Whether a known progression has an enrolment date. */
  hasEnrolmentDates: boolean;
};

/**
 * Returns whether a published change is suspect. This is a second implementation, independent of the code
 * under test. The result is false where the design does not define it, because a check must be certain before
 * it reports a violation.
 */
export function isSuspect({ change, watermark, isRemovalPublished, hasEnrolmentDates }: Judged): boolean {
  const { previous, state, events } = change;
  const was = previous?.status ?? null;
  const isOld = (date: string | null) =>
    date !== null && watermark !== null && Date.parse(date) < Date.parse(watermark) - OLD_AFTER;
  const isCorrectionSuspect = (before: string | null, after: string | null) =>
    before !== null || isOld(after);
  const wentBack =
    state.changedAt !== null &&
    (previous?.changedAt ?? null) !== null &&
    state.changedAt < (previous?.changedAt ?? '');
  if (events.length > 0 && wentBack) return true;

  return events.some((type) => {
    switch (type) {
      case 'ProgressionRemoved':
      case 'ProgressionRestored':
      case 'CourseReopened':
      case 'ProgressReset':
      case 'LearnerDropped':
        return true;
      case 'LearnerDataErased':
        return !isRemovalPublished;
      case 'CourseCompleted':
        if (was !== null || state.completedAt !== null) return isOld(state.completedAt);
        return state.enrolledAt === null && watermark !== null;
      case 'CourseRecompleted':
        return isOld(state.completedAt);
      case 'LearnerEnrolled':
      case 'CourseStarted':
        if (was !== null) return false;
        if (state.enrolledAt === null) return hasEnrolmentDates && watermark !== null;
        return isOld(state.enrolledAt);
      case 'CompletionCorrected':
        return isCorrectionSuspect(previous?.completedAt ?? null, state.completedAt);
      case 'EnrollmentCorrected':
        return isCorrectionSuspect(previous?.enrolledAt ?? null, state.enrolledAt);
      case 'LearnerReenrolled':
        return false;
    }
    return type satisfies never;
  });
}
