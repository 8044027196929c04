import type { LearningEventType, ProgressionState } from '../../../functions/contract/event-parts.ts';
import type { LearningEventDetail } from '../../../functions/contract/learning-events.ts';

const DAY = 24 * 60 * 60 * 1000;
const STATUSES = new Set(['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED']);

type Meaning = (is: ProgressionState, was: ProgressionState | null, detail: LearningEventDetail) => boolean;

/**
 * For each type of event, whether a change of state has the meaning of the event. This is a second
 * implementation of the table in the design.
 */
export const meanings: Record<LearningEventType, Meaning> = {
  LearnerEnrolled: (is, was) => is.status === 'ENROLLED' && (was?.status ?? null) === null,
  CourseStarted: (is, was) => is.status === 'IN_PROGRESS' && [null, 'ENROLLED'].includes(was?.status ?? null),
  CourseCompleted: (is, was) => is.status === 'COMPLETED' && was?.status !== 'COMPLETED',
  CourseRecompleted: (is, was) =>
    staysCompleted(is, was) && time(is.completedAt) - time(was?.completedAt) > DAY,
  CompletionCorrected: (is, was) =>
    staysCompleted(is, was) &&
    is.completedAt !== was?.completedAt &&
    (was?.completedAt === null || time(is.completedAt) - time(was?.completedAt) <= DAY),
  CourseReopened: (is, was) => was?.status === 'COMPLETED' && isOpen(is),
  LearnerDropped: (is, was) => is.status === 'DROPPED' && was?.status !== 'DROPPED',
  LearnerReenrolled: (is, was) => was?.status === 'DROPPED' && isOpen(is),
  ProgressReset: (is, was) => was?.status === 'IN_PROGRESS' && is.status === 'ENROLLED',
  EnrollmentCorrected: (is, was) =>
    is.status !== null && is.status === was?.status && is.enrolledAt !== was?.enrolledAt,
  ProgressionRemoved: (is, was) => was?.removedAt === null && is.removedAt !== null && isReported(is, was),
  ProgressionRestored: (is, was) =>
    typeof was?.removedAt === 'string' && is.removedAt === null && isReported(is, was),
  LearnerDataErased: (is, was, { changes }) =>
    was !== null && is.removedAt !== null && was.removedAt !== null && changes.includes('learner'),
};

/**
 * Returns whether the status and the dates are unchanged, so that no other event is needed. Returns true
 * without a status, because then a changed date has no event.
 */
function isReported(is: ProgressionState, was: ProgressionState): boolean {
  if (is.status === null) return true;
  const isCompletionSame = is.status !== 'COMPLETED' || is.completedAt === was.completedAt;
  return is.status === was.status && is.enrolledAt === was.enrolledAt && isCompletionSame;
}

/** Returns the status if it is one of the four known statuses, and otherwise null. */
export function known(status: string | null): string | null {
  return status !== null && STATUSES.has(status) ? status : null;
}

function staysCompleted(is: ProgressionState, was: ProgressionState | null): boolean {
  return is.status === 'COMPLETED' && was?.status === 'COMPLETED';
}

function isOpen({ status }: ProgressionState): boolean {
  return status === 'ENROLLED' || status === 'IN_PROGRESS';
}

function time(text: string | null | undefined): number {
  return text === null || text === undefined ? Number.NaN : Date.parse(text);
}
