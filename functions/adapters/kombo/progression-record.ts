import * as z from 'zod/mini';
import { Status } from '../../contract/event-parts.ts';
import type { ObservedProgression, RejectedRecord } from '../../core/state/progression.ts';
import { standInId } from '../../core/state/set-aside.ts';
import { Identity, RecordSchema, RecordWithKey } from './record-schema.ts';
import { normaliseTimestamp } from './timestamp.ts';

const INSTANTS = ['enrolled_at', 'completed_at', 'changed_at', 'remote_deleted_at'] as const;
type Instants = Record<(typeof INSTANTS)[number], string | null>;

/**
 * Slack refuses a message with a longer text, and no event would have room for a title of megabytes.
 * https://docs.slack.dev/reference/block-kit/composition-objects/text-object/
 */
const LONGEST_TEXT = 3_000;
const LONGEST_STATUS = 100;

/**
 * A record of a page in the form of the core, or why it is rejected: the first invalid field, never a value.
 *
 * A live record has all its ids and `changed_at`; of a removed one any field but `id` may be null, and of an erased one
 * everything else, `remote_deleted_at` included.
 */
export function observe(record: unknown): { observed: ObservedProgression } | { rejected: RejectedRecord } {
  const parsed = z.safeParse(RecordSchema, record);
  if (!parsed.success) {
    const field = parsed.error.issues[0]?.path.join('.') || 'the record';
    return reject(record, `${field} does not fit the schema`);
  }
  const instants = readInstants(parsed.data);
  if ('invalid' in instants) return reject(record, `${instants.invalid} is not a valid timestamp`);
  const lost = isRemoved(parsed.data) ? null : lostField(parsed.data);
  if (lost !== null && !isBlank(parsed.data)) {
    return reject(record, `${lost} is missing on a record that is not removed`);
  }
  return { observed: normalise(parsed.data, instants) };
}

function normalise(record: RecordSchema, instants: Instants): ObservedProgression {
  const { user, course_revision: revision } = record;
  const status = Status.options.find((known) => known === record.status) ?? null;
  return {
    state: {
      id: record.id,
      remoteId: mended(record.remote_id),
      status,
      enrolledAt: instants.enrolled_at,
      completedAt: instants.completed_at,
      changedAt: instants.changed_at,
      removedAt: instants.remote_deleted_at,
    },
    removed: isRemoved(record),
    unknownStatus: status === null ? printable(record.status) : null,
    learner: { id: mended(record.user_id ?? user?.id), remoteId: mended(user?.remote_id) },
    learnerDetails: {
      firstName: mended(user?.first_name),
      lastName: mended(user?.last_name),
      email: mended(user?.work_email),
    },
    namesBlank: hasNoNames(record),
    course: {
      id: mended(revision?.course?.id),
      remoteId: mended(revision?.course?.remote_id),
      revisionId: mended(record.course_revision_id ?? revision?.id),
      revisionRemoteId: mended(revision?.remote_id),
      title: mended(revision?.title),
    },
    erased: isErased(record),
  };
}

/** Any value means that the record was removed, even an unusable date. */
function isRemoved(record: RecordSchema): boolean {
  return (record.remote_deleted_at ?? null) !== null;
}

/** The record's timestamps in UTC, or the first one that is not valid. */
function readInstants(record: RecordSchema): Instants | { invalid: string } {
  const instants: Instants = {
    enrolled_at: null,
    completed_at: null,
    changed_at: null,
    remote_deleted_at: null,
  };
  for (const name of INSTANTS) {
    const text = record[name] ?? null;
    if (text === null) continue;
    const instant = normaliseTimestamp(text);
    if (instant === undefined && name !== 'remote_deleted_at') return { invalid: name };
    instants[name] = instant ?? null;
  }
  return instants;
}

/** Replaces half of a surrogate pair, which platforms leave when they cut a text: UTF-8 cannot encode it. */
function mended(text: string | null | undefined): string | null {
  return text?.slice(0, LONGEST_TEXT).toWellFormed() ?? null;
}

/** Without characters that could break a line of a log or a terminal. */
function printable(text: string | null | undefined): string | null {
  return text?.slice(0, LONGEST_STATUS).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD') ?? null;
}

/** Identifies the record by its id, or by a stand-in where the id is unusable. Never walks the record, which may be of any depth. */
function reject(record: unknown, reason: string): { rejected: RejectedRecord } {
  const named = RecordWithKey.safeParse(record);
  if (named.success) return { rejected: { id: named.data.id, reason } };
  const { data } = Identity.safeParse(record);
  const id = standInId({
    remoteId: mended(data?.remote_id),
    learnerId: mended(data?.user_id ?? data?.user?.id),
    revisionId: mended(data?.course_revision_id ?? data?.course_revision?.id),
  });
  return { rejected: { id, reason } };
}

/** The first field that this record lacks and a live record always has, or null. */
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
 * Whether a record lost its learner, as happens 14 days after the removal: it identifies nobody, or it is blank. A single null
 * field may only be turned off in Kombo.
 */
export function isErased(record: RecordSchema): boolean {
  if (isNull(record.remote_deleted_at)) return isBlank(record);
  return isNull(record.user_id) || isNull(record.user?.id) || isNull(record.user.remote_id);
}

/** Whether the learner's first name, last name and e-mail address are all empty. */
export function hasNoNames({ user }: RecordSchema): boolean {
  return [user?.first_name, user?.last_name, user?.work_email].every((text) => !text?.trim());
}

/** Whether only the id is left, without even `remote_deleted_at`. */
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
