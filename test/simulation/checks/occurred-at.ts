import type { LearningEventDetail } from '../../../functions/contract/learning-events.ts';
import type { Showing } from '../kombo/simulated-kombo.ts';
import type { TakenEvent } from './chains.ts';
import { iso } from './explained-changes.ts';

/**
 * Returns whether `occurredAt` is right. It must be the platform's own date of the event. Without such a
 * date, it must be `changed_at`, if this change set it and it is not before `updated_after`. Otherwise, it
 * must be the time of detection.
 *
 * @param change the events of the change
 * @param showing the version that the change comes from
 */
export function isWhenItHappened(event: TakenEvent, change: TakenEvent[], showing: Showing): boolean {
  const { occurredAt, detectedAt, progression } = event.detail;
  const own = ownDate(event);
  if (own !== null && (own !== detectedAt || occurredAt === own)) return occurredAt === own;
  const { changedAt } = progression;
  const before = change[0]?.detail.previous?.changedAt ?? null;
  if (changedAt === null || changedAt === before) return occurredAt === detectedAt;
  const isInWindow = showing.updatedAfter === null || changedAt >= (iso(showing.updatedAfter) ?? '');
  // The rules do not say what `occurredAt` is in four cases, so the check accepts both times: the record was
  // requested by its id, its `changed_at` is earlier than the known one, the platform's own date of the event
  // is the time of detection, or the event is an erasure.
  const isErasure = event.type === 'LearnerDataErased';
  const isOpen = showing.by === 'ids' || changedAt < (before ?? '') || own !== null || isErasure;
  if (isOpen) return occurredAt === changedAt || occurredAt === detectedAt;
  return occurredAt === (isInWindow ? changedAt : detectedAt);
}

/**
 * Returns the platform's own date of the event. Returns null if events of this type have no date, if the
 * record shows none, or if the date was already known with another status: then it belongs to an earlier
 * event.
 */
function ownDate({ type, detail }: TakenEvent): string | null {
  const { progression: is } = detail;
  switch (type) {
    case 'CourseCompleted':
    case 'CourseRecompleted':
      return newDate(detail, 'completedAt');
    case 'LearnerEnrolled':
    case 'LearnerReenrolled':
      return newDate(detail, 'enrolledAt');
    case 'ProgressionRemoved':
      return is.removedAt;
    default:
      return null;
  }
}

function newDate(
  { progression: is, previous: was }: LearningEventDetail,
  field: 'completedAt' | 'enrolledAt',
): string | null {
  const isFirstStatus = (was?.status ?? null) === null;
  return isFirstStatus || is[field] !== was?.[field] ? is[field] : null;
}
