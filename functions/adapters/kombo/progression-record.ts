import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { Status } from '../../contract/progression-state.ts';
import type { ObservedProgression, RejectedRecord } from '../../core/observed-progression.ts';
import { isBlank, isErased, lostField } from './lost-fields.ts';
import { RecordSchema, RecordWithKey } from './record-schema.ts';
import { normaliseTimestamp } from './timestamp.ts';

const INSTANTS = ['enrolled_at', 'completed_at', 'changed_at', 'remote_deleted_at'] as const;
type Instants = Record<(typeof INSTANTS)[number], string | null>;

/** A title of megabytes would fit no event, and is no reason to leave out what the learner did. */
const LONGEST_TEXT = 10_000;

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
  const lost = instants.remote_deleted_at === null ? lostField(parsed.data) : null;
  if (lost !== null && !isBlank(parsed.data)) {
    return reject(record, `${lost} is missing on a record that is not removed`);
  }
  return { observed: normalise(parsed.data, instants) };
}

function normalise(record: RecordSchema, instants: Instants): ObservedProgression {
  const { user, course_revision: revision } = record;
  return {
    state: {
      id: record.id,
      remoteId: record.remote_id ?? null,
      // A status that is not one of the known ones is one that nothing is known of.
      status: Status.options.find((known) => known === record.status) ?? null,
      enrolledAt: instants.enrolled_at,
      completedAt: instants.completed_at,
      changedAt: instants.changed_at,
      removedAt: instants.remote_deleted_at,
    },
    learner: { id: user?.id ?? record.user_id ?? null, remoteId: user?.remote_id ?? null },
    learnerDetails: {
      firstName: cut(user?.first_name),
      lastName: cut(user?.last_name),
      email: cut(user?.work_email),
    },
    course: {
      id: revision?.course?.id ?? null,
      remoteId: revision?.course?.remote_id ?? null,
      revisionId: revision?.id ?? record.course_revision_id ?? null,
      revisionRemoteId: revision?.remote_id ?? null,
      title: cut(revision?.title),
    },
    erased: isErased(record),
  };
}

/** The record's timestamps in UTC, or the first one that is none. */
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
    instants[name] = normaliseTimestamp(text);
    if (instants[name] === null) return { invalid: name };
  }
  return instants;
}

function cut(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  return text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT).toWellFormed() : text;
}

/** By its id, or where it has none that can be used, a stand-in that is the same each time it is read. */
function reject(record: unknown, reason: string): { rejected: RejectedRecord } {
  const named = RecordWithKey.safeParse(record);
  if (named.success) return { rejected: { id: named.data.id, reason } };
  const digest = createHash('sha256').update(JSON.stringify(record) ?? '');
  return { rejected: { id: `without-id-${digest.digest('hex').slice(0, 16)}`, reason } };
}
