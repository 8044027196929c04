import type { NullableField, School, SchoolRecord } from '../school/school.ts';
import type { Random } from '../world/random.ts';

/** What an event may say of a record: its state as Kombo showed it, in milliseconds. */
export type ShownState = {
  status: string | null;
  enrolledAt: number | null;
  completedAt: number | null;
  removedAt: number | null;
  isErased: boolean;
};

/** The state of a record as Kombo shows it now, with fields that are turned off as null. */
export function shownState(record: SchoolRecord, { off }: School): ShownState {
  const { isErased } = record;
  const shown = <T>(field: NullableField, value: T | null) => (isErased || off.has(field) ? null : value);
  return {
    status: shown('status', record.status),
    enrolledAt: shown('enrolledAt', record.enrolledAt),
    completedAt: shown('completedAt', record.completedAt),
    // Any field but the id may be null on a removed record.
    removedAt: isErased && record.id.endsWith('0') ? null : record.removedAt,
    isErased,
  };
}

/** A record as JSON of Kombo's answers. The same instant is spelt in different ways. */
export function wireRecord(record: SchoolRecord, state: ShownState, random: Random): unknown {
  const time = (value: number | null) => (value === null ? null : spell(value, random));
  const { learner, course, remoteData } = record;
  const erased = <T>(value: T) => (record.isErased ? null : value);
  return {
    id: record.id,
    remote_id: erased(record.remoteId),
    user_id: erased(learner.id),
    course_revision_id: erased(course.revision),
    status: state.status,
    enrolled_at: record.isGarbled ? 'some day' : time(state.enrolledAt),
    completed_at: time(state.completedAt),
    changed_at: record.isErased ? null : spell(record.changedAt, random),
    remote_deleted_at: time(state.removedAt),
    remote_data: remoteData === null ? null : { '/progress': { value: remoteData } },
    user: erased({
      id: learner.id,
      remote_id: learner.remoteId,
      first_name: learner.firstName,
      last_name: learner.lastName,
      work_email: learner.email,
    }),
    course_revision: erased({
      id: course.revision,
      remote_id: `remote-${course.revision}`,
      title: course.title,
      course: { id: course.id, remote_id: `remote-${course.id}` },
    }),
  };
}

function spell(ms: number, random: Random): string {
  const iso = new Date(ms).toISOString();
  if (random.chance(0.8)) return iso;
  if (random.chance(0.5)) return iso.replace('Z', '000Z');
  return new Date(ms + 2 * 60 * 60 * 1000).toISOString().replace('Z', '+02:00');
}

/** The body of a successful answer. */
export function successBody(data: unknown): string {
  return JSON.stringify({ status: 'success', data });
}

/** The body of an error. */
export function errorBody(code: string | null, message: string): string {
  const log_url = 'https://app.kombo.dev/logs?interactionId=1';
  return JSON.stringify({ status: 'error', error: { code, title: null, message, log_url } });
}
