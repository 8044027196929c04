import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Status } from '../../contract/progression-state.ts';
import type { ObservedProgression, RejectedRecord } from '../../core/observed-progression.ts';
import { normaliseTimestamp } from './timestamp.ts';

/** Ids become parts of DynamoDB keys, which end at 1,024 bytes. */
const Id = z.string().min(1).max(512);
const NullableId = Id.nullish().transform((id) => id ?? null);
const Text = z
  .string()
  .max(10_000)
  .nullish()
  .transform((text) => text ?? null);

const Instant = z
  .string()
  .nullish()
  .transform((text, context) => {
    if (text === null || text === undefined) return null;
    const instant = normaliseTimestamp(text);
    if (instant === null) context.addIssue({ code: 'custom', message: 'is not a valid timestamp' });
    return instant;
  });

/** A status that is not one of the four known ones is one that nothing is known of. */
const AnyStatus = z
  .string()
  .nullish()
  .transform((status) => {
    const known = Status.safeParse(status);
    return known.success ? known.data : null;
  });

/** The fields that are read; others are ignored. Which of them may be null depends on whether the record is removed. */
const ProgressionRecord = z.object({
  id: Id,
  remote_id: NullableId,
  user_id: NullableId,
  course_revision_id: NullableId,
  status: AnyStatus,
  enrolled_at: Instant,
  completed_at: Instant,
  changed_at: Instant,
  remote_deleted_at: Instant,
  user: z
    .object({ id: NullableId, remote_id: NullableId, first_name: Text, last_name: Text, work_email: Text })
    .nullish(),
  course_revision: z
    .object({
      id: NullableId,
      remote_id: NullableId,
      title: Text,
      course: z.object({ id: NullableId, remote_id: NullableId }).nullish(),
    })
    .nullish(),
});
type ProgressionRecord = z.infer<typeof ProgressionRecord>;

/**
 * A record of a page as the core sees it, or why it cannot be: the first field that is wrong, never a value.
 *
 * A live record has all its ids and `changed_at`; of a removed one any field but `id` may be null, and of an erased one
 * everything else, `remote_deleted_at` included.
 */
export function observe(record: unknown): { observed: ObservedProgression } | { rejected: RejectedRecord } {
  const parsed = ProgressionRecord.safeParse(record);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') || 'the record';
    const problem = issue?.code === 'custom' ? issue.message : 'does not fit the schema';
    return { rejected: { id: idOf(record), reason: `${field} ${problem}` } };
  }
  const lost = lostField(parsed.data);
  const removed = parsed.data.remote_deleted_at !== null;
  if (lost !== null && !removed && !isBlank(parsed.data)) {
    return { rejected: { id: parsed.data.id, reason: `${lost} is missing on a record that is not removed` } };
  }
  return { observed: normalise(parsed.data, lost !== null || (removed && hasNoValues(parsed.data))) };
}

function normalise(record: ProgressionRecord, erased: boolean): ObservedProgression {
  const { user, course_revision: revision } = record;
  return {
    state: {
      id: record.id,
      remoteId: record.remote_id,
      status: record.status,
      enrolledAt: record.enrolled_at,
      completedAt: record.completed_at,
      changedAt: record.changed_at,
      removedAt: record.remote_deleted_at,
    },
    learner: { id: user?.id ?? record.user_id, remoteId: user?.remote_id ?? null },
    learnerDetails: {
      firstName: user?.first_name ?? null,
      lastName: user?.last_name ?? null,
      email: user?.work_email ?? null,
    },
    course: {
      id: revision?.course?.id ?? null,
      remoteId: revision?.course?.remote_id ?? null,
      revisionId: revision?.id ?? record.course_revision_id,
      revisionRemoteId: revision?.remote_id ?? null,
      title: revision?.title ?? null,
    },
    erased,
  };
}

/** The first of the fields that a live record always has and this one lacks, or null. */
function lostField(record: ProgressionRecord): string | null {
  if (record.remote_id === null) return 'remote_id';
  if (record.user_id === null) return 'user_id';
  if (record.course_revision_id === null) return 'course_revision_id';
  if (record.changed_at === null) return 'changed_at';
  if (!record.user?.id || !record.user.remote_id) return 'user';
  if (!record.course_revision?.id || !record.course_revision.remote_id) return 'course_revision';
  return null;
}

function hasNoValues({ status, enrolled_at, completed_at, user }: ProgressionRecord): boolean {
  return (
    status === null &&
    enrolled_at === null &&
    completed_at === null &&
    !user?.first_name &&
    !user?.last_name &&
    !user?.work_email
  );
}

/** Nothing but the id is left. */
function isBlank(record: ProgressionRecord): boolean {
  return (
    hasNoValues(record) &&
    record.remote_id === null &&
    record.user_id === null &&
    record.course_revision_id === null &&
    record.changed_at === null &&
    !record.user?.id &&
    !record.course_revision?.id
  );
}

/** The record's id, or where it has none that can be used, a stand-in that is the same each time it is read. */
function idOf(record: unknown): string {
  const parsed = z.object({ id: Id }).safeParse(record);
  if (parsed.success) return parsed.data.id;
  const digest = createHash('sha256').update(JSON.stringify(record) ?? '');
  return `without-id-${digest.digest('hex').slice(0, 16)}`;
}
