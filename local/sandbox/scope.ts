import * as z from 'zod/mini';
import type { ProgressionRecord, RecordSource, RecordView } from './record-source.ts';

/** The fields that a customer can turn off. */
export const ScopeField = z.enum([
  'status',
  'enrolled_at',
  'completed_at',
  'user.first_name',
  'user.last_name',
  'user.work_email',
  'course_revision.title',
  'course_revision.course',
]);
export type ScopeField = z.infer<typeof ScopeField>;

/** What a customer lets Kombo read, and when that was last changed (milliseconds since 1970; null: never). */
export type Scope = { off: ReadonlySet<ScopeField>; modelOff: boolean; changedAt: number | null };

export const OPEN_SCOPE: Scope = { off: new Set(), modelOff: false, changedAt: null };

/**
 * The records as far as the scope lets them through. A field that is off is null in every record; the model off marks
 * every record removed. Each change of the scope counts as a change of every record, since nothing says otherwise.
 */
export function withinScope(source: RecordSource, scope: Scope): RecordSource {
  const { changedAt: scopedAt } = scope;
  if (scopedAt === null) return source;
  return {
    at(now) {
      const view = source.at(now);
      const changedAt = (place: number) => Math.max(view.changedAt(place), scopedAt);
      const scoped: RecordView = {
        ...view,
        changedAt,
        removed: (place) => scope.modelOff || view.removed(place),
        record: (place) =>
          narrowed(view.record(place), scope, new Date(changedAt(place)).toISOString(), scopedAt),
      };
      return scoped;
    },
  };
}

const narrowed = (
  record: ProgressionRecord,
  scope: Scope,
  changedAt: string,
  scopedAt: number,
): ProgressionRecord => {
  if (record.user === null || record.course_revision === null) return record;
  const shown = <Value>(field: ScopeField, value: Value) => (scope.off.has(field) ? null : value);
  return {
    ...record,
    changed_at: changedAt,
    status: shown('status', record.status),
    enrolled_at: shown('enrolled_at', record.enrolled_at),
    completed_at: shown('completed_at', record.completed_at),
    remote_deleted_at: record.remote_deleted_at ?? (scope.modelOff ? new Date(scopedAt).toISOString() : null),
    user: {
      ...record.user,
      first_name: shown('user.first_name', record.user.first_name),
      last_name: shown('user.last_name', record.user.last_name),
      work_email: shown('user.work_email', record.user.work_email),
    },
    course_revision: {
      ...record.course_revision,
      title: shown('course_revision.title', record.course_revision.title),
      course: shown('course_revision.course', record.course_revision.course),
    },
  };
};
