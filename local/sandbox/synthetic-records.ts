import type { IntegrationId } from '../../functions/contract/integration.ts';
import { days } from './durations.ts';
import { numberedIds } from './numbered-ids.ts';
import type { ProgressionRecord, RecordSource } from './record-source.ts';

const RECORDS_PER_LEARNER = 4;
const COURSES = 200;

/** Any number of records of which none is kept. */
export type SyntheticRecords = RecordSource & {
  /**
   * Every `every`-th record changes at `at` (milliseconds since 1970, after every change before it): those in progress
   * are completed, those completed are completed again.
   */
  change(every: number, at: number): void;
};

/**
 * Records by their number, made when they are asked for: a million of them take no memory. All are in progress since
 * `createdAt` (milliseconds since 1970) until `change`. Pages come in the order of the numbers; nothing moves.
 */
export function syntheticRecords(options: {
  integration: IntegrationId;
  count: number;
  createdAt: number;
}): SyntheticRecords {
  const { integration, count, createdAt } = options;
  const changes: { every: number; at: number }[] = [];
  const ids = {
    progression: numberedIds(integration, 'progression'),
    user: numberedIds(integration, 'user'),
    course: numberedIds(integration, 'course'),
    revision: numberedIds(integration, 'revision'),
  };
  const idOf = (model: keyof typeof ids, number: number) => ids[model].idOf(number);
  const lastChange = (place: number) => changes.findLast(({ every }) => place % every === 0)?.at ?? null;

  const record = (place: number): ProgressionRecord => {
    const learner = Math.floor(place / RECORDS_PER_LEARNER);
    // An odd step through the courses gives a learner four different ones.
    const course = (place * 37) % COURSES;
    const completedAt = lastChange(place);
    return {
      id: idOf('progression', place),
      remote_id: `enrolment-${place}`,
      user_id: idOf('user', learner),
      course_revision_id: idOf('revision', course),
      status: completedAt === null ? 'IN_PROGRESS' : 'COMPLETED',
      enrolled_at: new Date(createdAt - days(place % 90)).toISOString(),
      completed_at: completedAt === null ? null : new Date(completedAt).toISOString(),
      changed_at: new Date(completedAt ?? createdAt).toISOString(),
      remote_deleted_at: null,
      remote_data: null,
      user: {
        id: idOf('user', learner),
        remote_id: String(learner),
        first_name: 'Learner',
        last_name: `No. ${learner}`,
        work_email: `learner.${learner}@example.com`,
      },
      course_revision: {
        id: idOf('revision', course),
        remote_id: `C${course}-v1`,
        title: `Course No. ${course}`,
        course: { id: idOf('course', course), remote_id: `C${course}` },
      },
    };
  };

  const view = {
    size: count,
    record,
    changedAt: (place: number) => lastChange(place) ?? createdAt,
    removed: () => false,
    placeOf: (id: string) => {
      const place = ids.progression.numberOf(id);
      return place !== null && place < count ? place : null;
    },
  };
  return {
    at: () => view,
    change: (every, at) => {
      changes.push({ every, at });
    },
  };
}
