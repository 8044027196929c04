import type { Status } from '../../../functions/contract/event-parts.ts';
import { days } from '../clock.ts';
import type { ProgressionRecord } from '../records.ts';
import type { Moment } from './history.ts';
import type { CourseRevision, Person } from './people.ts';

/** Kombo's deletion policy: how long a removed record keeps its fields. */
const ERASED_AFTER_MS = days(14);

/** What Kombo shows from the time `changedAt` on. Times are milliseconds since 1970. */
export type Shown = {
  status: Status;
  enrolledAt: number;
  completedAt: number | null;
  removedAt: number | null;
  changedAt: number;
  /** Whether only the id remains. */
  erased: boolean;
};

/**
 * Yields what Kombo shows for a history, in order of time, with the time `at` from which it is visible. An
 * erasure does not change `changedAt`, because nothing documents that `updated_after` finds an erased record.
 */
export function* shownOf(history: Iterable<Moment>): Generator<{ at: number; shown: Shown }> {
  let last: Shown | null = null;
  for (const { at, state, touched } of history) {
    const { status, enrolledAt, completedAt, present } = state;
    const removedAt: number | null = present ? null : (last?.removedAt ?? at);
    const shown: Shown = { status, enrolledAt, completedAt, removedAt, changedAt: at, erased: false };
    if (last !== null && !touched && isEqual(last, shown)) continue;
    yield { at, shown };
    last = shown;
  }
  if (last?.removedAt != null) {
    yield { at: last.removedAt + ERASED_AFTER_MS, shown: { ...last, erased: true } };
  }
}

const isEqual = (one: Shown, other: Shown) =>
  one.status === other.status &&
  one.enrolledAt === other.enrolledAt &&
  one.completedAt === other.completedAt &&
  one.removedAt === other.removedAt;

export type Progression = { id: string; remoteId: string; learner: Person; revision: CourseRevision };

/** The record has the learner's name at `now`, in milliseconds since 1970. */
export function recordOf(
  { id, remoteId, learner, revision }: Progression,
  shown: Shown,
  now: number,
): ProgressionRecord {
  if (shown.erased) return erasedRecord(id);
  const lastName =
    learner.renamed !== null && learner.renamed.at <= now ? learner.renamed.lastName : learner.lastName;
  return {
    id,
    remote_id: remoteId,
    user_id: learner.id,
    course_revision_id: revision.id,
    status: shown.status,
    enrolled_at: timestamp(shown.enrolledAt),
    completed_at: timestamp(shown.completedAt),
    changed_at: timestamp(shown.changedAt),
    remote_deleted_at: timestamp(shown.removedAt),
    remote_data: null,
    user: {
      id: learner.id,
      remote_id: learner.remoteId,
      first_name: learner.firstName,
      last_name: lastName,
      work_email: learner.email,
    },
    course_revision: {
      id: revision.id,
      remote_id: revision.remoteId,
      title: revision.title,
      course: { id: revision.course.id, remote_id: revision.course.remoteId },
    },
  };
}

function erasedRecord(id: string): ProgressionRecord {
  return {
    id,
    remote_id: null,
    user_id: null,
    course_revision_id: null,
    status: null,
    enrolled_at: null,
    completed_at: null,
    changed_at: null,
    remote_deleted_at: null,
    remote_data: null,
    user: null,
    course_revision: null,
  };
}

const timestamp = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
