import * as z from 'zod/mini';
import { Status } from '../../contract/event-parts.ts';
import type { ObservedProgression, RejectedRecord } from '../../core/state/progression.ts';
import { standInId } from '../../core/state/set-aside.ts';
import { hasNoNames, isBlank, isErased, lostField } from './lost-fields.ts';
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
 * A record of a page as the core sees it, or why it cannot be: the first field that is wrong, never a value.
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

/** Any value means that the record was removed, also a date that cannot be used. */
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

/** Half of a surrogate pair, as a platform leaves it when it cuts a text, is no character that UTF-8 can hold. */
function mended(text: string | null | undefined): string | null {
  return text?.slice(0, LONGEST_TEXT).toWellFormed() ?? null;
}

/** Nothing that could break a line of a log or a terminal. */
function printable(text: string | null | undefined): string | null {
  return text?.slice(0, LONGEST_STATUS).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD') ?? null;
}

/** By its id, or where it has none that can be used, by a stand-in. Nothing of any depth or shape is gone through. */
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
