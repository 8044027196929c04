import * as z from 'zod/mini';
import { Status } from '../../contract/event-parts.ts';
import type { ObservedProgression, RejectedRecord } from '../../core/state/progression.ts';
import { standInId } from '../../core/state/set-aside.ts';
import { Identity, RecordSchema, RecordWithKey } from './record-schema.ts';
import { normaliseTimestamp } from './timestamp.ts';

const INSTANTS = ['enrolled_at', 'completed_at', 'changed_at', 'remote_deleted_at'] as const;
type Instants = Record<(typeof INSTANTS)[number], string | null>;

/** The limit of a text in a Slack message. A title of megabytes would also not fit into an event. */
const LONGEST_TEXT = 3_000;
const LONGEST_STATUS = 100;

/**
 * Converts a record to the core's form, or returns why it is rejected: the first invalid field, never a
 * value. A record that is not removed must have the fields that `lostField` checks. Any field of a removed
 * record except `id` may be null. In an erased record, even `remote_deleted_at` may be null.
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
      remoteId: cleaned(record.remote_id),
      status,
      enrolledAt: instants.enrolled_at,
      completedAt: instants.completed_at,
      changedAt: instants.changed_at,
      removedAt: instants.remote_deleted_at,
    },
    removed: isRemoved(record),
    unknownStatus: status === null ? printable(record.status) : null,
    learner: { id: cleaned(record.user_id ?? user?.id), remoteId: cleaned(user?.remote_id) },
    learnerDetails: {
      firstName: cleaned(user?.first_name),
      lastName: cleaned(user?.last_name),
      email: cleaned(user?.work_email),
    },
    namesBlank: hasNoNames(record),
    course: {
      id: cleaned(revision?.course?.id),
      remoteId: cleaned(revision?.course?.remote_id),
      revisionId: cleaned(record.course_revision_id ?? revision?.id),
      revisionRemoteId: cleaned(revision?.remote_id),
      title: cleaned(revision?.title),
    },
    erased: isErased(record),
  };
}

/** Any value of `remote_deleted_at` means that the record was removed, even an unusable date. */
function isRemoved(record: RecordSchema): boolean {
  return (record.remote_deleted_at ?? null) !== null;
}

/** Returns the times in UTC, or the first invalid field. An invalid `remote_deleted_at` counts as null. */
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

/** Replaces unpaired surrogates, which UTF-8 cannot encode. Platforms produce them when they cut a text. */
function cleaned(text: string | null | undefined): string | null {
  return text?.slice(0, LONGEST_TEXT).toWellFormed() ?? null;
}

/** Replaces characters that could break a line of a log or a terminal. */
function printable(text: string | null | undefined): string | null {
  return text?.slice(0, LONGEST_STATUS).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD') ?? null;
}

/** Identifies the record by its id, or by a hash. Never traverses it: it may be nested to any depth. */
function reject(record: unknown, reason: string): { rejected: RejectedRecord } {
  const named = RecordWithKey.safeParse(record);
  if (named.success) return { rejected: { id: named.data.id, reason } };
  const { data } = Identity.safeParse(record);
  const standsFor = {
    remoteId: cleaned(data?.remote_id),
    learnerId: cleaned(data?.user_id ?? data?.user?.id),
    revisionId: cleaned(data?.course_revision_id ?? data?.course_revision?.id),
  };
  return { rejected: { id: standInId(standsFor), reason, standsFor } };
}

/** Returns the first missing field that every record must have unless it is removed, or null. */
function lostField(record: RecordSchema): string | null {
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
 * Data is erased 14 days after the removal. A removed record counts as erased if it lacks an id of its
 * learner; any other record only if it has nothing but its own id, because the customer may have turned off a
 * single field in Kombo.
 */
function isErased(record: RecordSchema): boolean {
  if (isNull(record.remote_deleted_at)) return isBlank(record);
  return isNull(record.user_id) || isNull(record.user?.id) || isNull(record.user.remote_id);
}

function hasNoNames({ user }: RecordSchema): boolean {
  return [user?.first_name, user?.last_name, user?.work_email].every((text) => !text?.trim());
}

/** Returns whether a record that is not removed has nothing but its id. */
function isBlank(record: RecordSchema): boolean {
  return (
    isNull(record.status) &&
    isNull(record.enrolled_at) &&
    isNull(record.completed_at) &&
    isNull(record.remote_id) &&
    isNull(record.user_id) &&
    isNull(record.course_revision_id) &&
    isNull(record.changed_at) &&
    isNull(record.user?.id) &&
    isNull(record.course_revision?.id) &&
    hasNoNames(record)
  );
}

function isNull(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
