import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod/mini';
import type { ProgressionState } from '../../contract/event-parts.ts';
import { MAX_BODY_BYTES } from '../../core/read-whole.ts';
import { type Change, JournalEntry } from '../../core/state/journal-entry.ts';

/** One encoded value of a change. */
const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);
type Cell = z.infer<typeof Cell>;

/**
 * The version of the encoding, which is the first byte of an encoded entry. Version 1 is raw deflate of JSON,
 * with the changes in columns. Measured on pages of 250 changes with random ids of 24 characters: 109 bytes
 * per change, and 149 with the changes as rows. Brotli and zstd need similar time, and their sizes are within
 * 5 %.
 */
const VERSION = 1;

const EncodedEntry = z.extend(z.omit(JournalEntry, { changes: true }), { columns: z.array(z.array(Cell)) });

/** Equal entries give equal bytes, which are never more than the JSON of the changes plus 2 KB. */
export function encodeEntry({ changes, ...entry }: JournalEntry): Uint8Array {
  const detectedAt = Date.parse(entry.detectedAt);
  const rows = changes.map((change) => rowOf(change, detectedAt));
  const json = JSON.stringify({ ...entry, columns: transposed(rows) });
  return Buffer.concat([Buffer.of(VERSION), deflateRawSync(json, { level: 9 })]);
}

/** Returns an unchecked `JournalEntry`. Throws an Error for another version or damaged bytes. */
export function decodeEntry(bytes: Uint8Array): unknown {
  if (bytes[0] !== VERSION) {
    throw new Error(`The journal entry has version ${bytes[0]}, but this program reads version ${VERSION}`);
  }
  const json = inflateRawSync(bytes.subarray(1), { maxOutputLength: MAX_BODY_BYTES }).toString();
  const { columns, ...entry } = EncodedEntry.parse(JSON.parse(json));
  const detectedAt = Date.parse(entry.detectedAt);
  return { ...entry, changes: transposed(columns).map((row) => changeOf(row, detectedAt)) };
}

const STATE_FIELDS = [
  'id',
  'remoteId',
  'status',
  'enrolledAt',
  'completedAt',
  'changedAt',
  'removedAt',
] as const;
type StateField = (typeof STATE_FIELDS)[number];

/** This value is stored instead of a previous value that equals the new value. */
const SAME = true;

/** New cells may only be added at the end, and must be optional when a row is read. */
function rowOf({ state, previous, ...change }: Change, detectedAt: number): Cell[] {
  return [
    ...STATE_FIELDS.map((field) => stateCell(state, field, detectedAt)),
    previous !== null,
    ...STATE_FIELDS.map((field) =>
      previous === null || previous[field] === state[field] ? SAME : stateCell(previous, field, detectedAt),
    ),
    change.events.join(' '),
    change.learner.id,
    change.learner.remoteId,
    change.course.id,
    change.course.remoteId,
    change.course.revisionId,
    change.course.revisionRemoteId,
    change.course.title,
    change.erased,
    change.discarded === null ? null : JSON.stringify(change.discarded),
    change.unpublishedRemoval,
    change.previousEntry,
  ];
}

function changeOf(row: Cell[], detectedAt: number): unknown {
  const cells = row.values();
  const next = () => cells.next().value;

  const states = STATE_FIELDS.map((field) => stateValue(next(), field, detectedAt));
  const isKnown = next();
  const before = STATE_FIELDS.map((field, index) => {
    const cell = next();
    return cell === SAME ? states[index] : stateValue(cell, field, detectedAt);
  });
  const events = String(next());
  return {
    state: byField(states),
    previous: isKnown ? byField(before) : null,
    events: events === '' ? [] : events.split(' '),
    learner: { id: next(), remoteId: next() },
    course: {
      id: next(),
      remoteId: next(),
      revisionId: next(),
      revisionRemoteId: next(),
      title: next(),
    },
    erased: next(),
    discarded: discardedOf(next()),
    unpublishedRemoval: next(),
    previousEntry: next(),
  };
}

function byField(values: unknown[]): Record<string, unknown> {
  return Object.fromEntries(STATE_FIELDS.map((field, index) => [field, values[index]]));
}

function discardedOf(cell: Cell | undefined): unknown {
  return typeof cell === 'string' ? JSON.parse(cell) : cell;
}

/** A time becomes milliseconds before `detectedAt`, or stays text if decoding would give another text. */
function stateCell(state: ProgressionState, field: StateField, detectedAt: number): Cell {
  const value = state[field];
  if (value === null || !field.endsWith('At')) return value;
  const ago = detectedAt - Date.parse(value);
  return timeAgo(ago, detectedAt) === value ? ago : value;
}

function stateValue(cell: Cell | undefined, field: StateField, detectedAt: number): unknown {
  return typeof cell === 'number' && field.endsWith('At') ? timeAgo(cell, detectedAt) : cell;
}

function timeAgo(ago: number, detectedAt: number): string | null {
  const time = new Date(detectedAt - ago);
  return Number.isNaN(time.getTime()) ? null : time.toISOString();
}

/** Turns rows into columns, or back. In columns, similar values are adjacent and compress better. */
function transposed(lists: Cell[][]): Cell[][] {
  const [first = []] = lists;
  if (lists.some(({ length }) => length !== first.length))
    throw new RangeError('The columns differ in length');
  return first.map((_, index) => lists.map((list) => list[index] ?? null));
}
