import type { RecordContent } from '../school/record.ts';
import type { NullableField, School } from '../school/school.ts';
import type { Random } from '../world/random.ts';

/** The fields of a record in a response. A field is null if it is turned off or its value was erased. */
export type ShownFields = Pick<
  RecordContent,
  'status' | 'enrolledAt' | 'completedAt' | 'removedAt' | 'remoteData'
> & {
  remoteId: string | null;
  changedAt: number | null;
  learner: { id: string; remoteId: string } | null;
  names: { firstName: string; lastName: string; email: string } | null;
  course: { id: string; revision: string; title: string } | null;
};

/**
 * A record as a client reads it from a response. Times are in milliseconds. A date that means "none" is null.
 */
export type ShownState = {
  status: string | null;
  enrolledAt: number | null;
  completedAt: number | null;
  changedAt: number | null;
  /** Whether the record shows a removal, with any date. */
  isRemoved: boolean;
  removedAt: number | null;
  /** Whether the record shows only its id. */
  isBlank: boolean;
  hasNames: boolean;
  learner: { id: string; remoteId: string } | null;
  course: { id: string; revision: string } | null;
};

export function shownFields(content: RecordContent, { off, hasNoEnrolmentDates }: School): ShownFields {
  const { lost, remoteId, changedAt, removedAt, remoteData } = content;
  const isBlank = lost === 'all-but-id';
  const isEmpty = isBlank || lost === 'all-but-removal';
  const unlessOff = <T>(field: NullableField, value: T) => (isEmpty || off.has(field) ? null : value);
  const { id, firstName, lastName, email } = content.learner;
  return {
    remoteId: isEmpty ? null : remoteId,
    status: unlessOff('status', content.status),
    enrolledAt: hasNoEnrolmentDates ? null : unlessOff('enrolledAt', content.enrolledAt),
    completedAt: unlessOff('completedAt', content.completedAt),
    changedAt: isEmpty ? null : changedAt,
    removedAt: isBlank ? null : removedAt,
    remoteData,
    learner: isEmpty || lost === 'learner' ? null : { id, remoteId: content.learner.remoteId },
    names: lost === 'nothing' ? unlessOff('names', { firstName, lastName, email }) : null,
    course: isEmpty ? null : content.course,
  };
}

/** The first and the last time that count as a date. */
const FIRST_REAL = Date.UTC(1971, 0);
const LAST_REAL = Date.UTC(2201, 0) - 1;

export function stateOf(fields: ShownFields): ShownState {
  const { status, removedAt, learner, names, course } = fields;
  return {
    status,
    enrolledAt: realDate(fields.enrolledAt),
    completedAt: realDate(fields.completedAt),
    changedAt: realDate(fields.changedAt),
    isRemoved: removedAt !== null,
    removedAt: realDate(removedAt),
    isBlank: removedAt === null && fields.remoteId === null,
    hasNames: names !== null,
    learner,
    course: course && { id: course.id, revision: course.revision },
  };
}

function realDate(time: number | null): number | null {
  return time === null || time < FIRST_REAL || time > LAST_REAL ? null : time;
}

/**
 * Returns a record as JSON of Kombo's responses. Each time is written in one of several formats, chosen at
 * random.
 */
export function wireRecord(id: string, fields: ShownFields, isGarbled: boolean, random: Random): unknown {
  const time = (value: number | null) => (value === null ? null : spell(value, random));
  const { learner, names, course, remoteData } = fields;
  return {
    id,
    remote_id: fields.remoteId,
    user_id: learner?.id ?? null,
    course_revision_id: course?.revision ?? null,
    status: fields.status,
    enrolled_at: isGarbled ? 'some day' : time(fields.enrolledAt),
    completed_at: time(fields.completedAt),
    changed_at: time(fields.changedAt),
    remote_deleted_at: time(fields.removedAt),
    remote_data: remoteData === null ? null : { '/progress': { value: remoteData } },
    user: learner && {
      id: learner.id,
      remote_id: learner.remoteId,
      first_name: names?.firstName ?? null,
      last_name: names?.lastName ?? null,
      work_email: names?.email ?? null,
    },
    course_revision: course && {
      id: course.revision,
      remote_id: `remote-${course.revision}`,
      title: course.title,
      course: { id: course.id, remote_id: `remote-${course.id}` },
    },
  };
}

function spell(ms: number, random: Random): string {
  const iso = new Date(ms).toISOString();
  if (random.chance(0.8)) return iso;
  if (random.chance(0.5)) return iso.replace('Z', '000Z');
  return new Date(ms + 2 * 60 * 60 * 1000).toISOString().replace('Z', '+02:00');
}

/** Returns the body of a successful response. */
export function successBody(data: unknown): string {
  return JSON.stringify({ status: 'success', data });
}

/** Returns the body of an error. */
export function errorBody(code: string | null, message: string): string {
  const log_url = 'https://app.kombo.dev/logs?interactionId=1';
  return JSON.stringify({ status: 'error', error: { code, title: null, message, log_url } });
}
