import type { RecordSchema } from './record-schema.ts';

/** The first of the fields that a live record always has and this one lacks, or null. */
export function lostField(record: RecordSchema): string | null {
  if (isNull(record.remote_id)) return 'remote_id';
  if (isNull(record.user_id)) return 'user_id';
  if (isNull(record.course_revision_id)) return 'course_revision_id';
  if (isNull(record.changed_at)) return 'changed_at';
  if (isNull(record.user?.id) || isNull(record.user.remote_id)) return 'user';
  if (isNull(record.course_revision?.id) || isNull(record.course_revision.remote_id))
    return 'course_revision';
  return null;
}

/**
 * Whether a record lost its learner, as happens 14 days after the removal: nobody can be identified by it any more, or
 * nothing is said about them. A field that is null for itself may just be turned off in Kombo.
 */
export function isErased(record: RecordSchema): boolean {
  if (isNull(record.remote_deleted_at)) return isBlank(record);
  return isNull(record.user_id) || isNull(record.user?.id) || isNull(record.user.remote_id);
}

/** No first name, last name or e-mail address of the learner is shown. */
export function hasNoNames({ user }: RecordSchema): boolean {
  return [user?.first_name, user?.last_name, user?.work_email].every((text) => !text?.trim());
}

/** Nothing but the id is left, not even that it was removed. */
export function isBlank(record: RecordSchema): boolean {
  return (
    hasNoValues(record) &&
    isNull(record.remote_deleted_at) &&
    isNull(record.remote_id) &&
    isNull(record.user_id) &&
    isNull(record.course_revision_id) &&
    isNull(record.changed_at) &&
    isNull(record.user?.id) &&
    isNull(record.course_revision?.id)
  );
}

function hasNoValues(record: RecordSchema): boolean {
  const { status, enrolled_at, completed_at } = record;
  return isNull(status) && isNull(enrolled_at) && isNull(completed_at) && hasNoNames(record);
}

function isNull(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
