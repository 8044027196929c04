import * as z from 'zod/mini';
import {
  Course,
  type EventCounts,
  LearnerReference,
  LearningEventType,
  ProgressionState,
} from '../../contract/event-parts.ts';
import { PositiveNumber, Timestamp, WholeNumber } from '../../contract/field-types.ts';
import { IntegrationId } from '../../contract/integration.ts';
import { PollMode } from '../../contract/messages.ts';
import { Facts, type KnownProgression, UnpublishedRemoval } from './progression.ts';

/** What one record of a page changed. */
export const Change = z.object({
  /** The known state before, or null for a new record. */
  previous: z.nullable(ProgressionState),
  /** The entry that wrote the known state before, or null for a new record. */
  previousEntry: z.nullable(PositiveNumber),
  /** The known state after. */
  state: ProgressionState,
  /** The events in order; empty when the change is stored without an event. */
  events: z.array(LearningEventType),
  learner: LearnerReference,
  course: Course,
  erased: z.boolean(),
  discarded: z.nullable(Facts),
  unpublishedRemoval: z.nullable(UnpublishedRemoval),
});
export type Change = z.infer<typeof Change>;

/**
 * The known state after a change. The learner's ids are removed when Kombo erased the learner: the event `LearnerDataErased`
 * is the last one with them.
 */
export function knownAfter(change: Change, entry: number): KnownProgression {
  const { title: _title, ...course } = change.course;
  return {
    state: change.state,
    learner: change.erased ? { id: null, remoteId: null } : change.learner,
    course,
    erased: change.erased,
    discarded: change.discarded,
    unpublishedRemoval: change.unpublishedRemoval,
    entry,
  };
}

/** The counted kinds of an entry's changes. */
export const Tally = z.object({
  firstSeen: WholeNumber,
  /** Suspect changes published without a person: they count towards a hold. */
  suspect: WholeNumber,
  /** Released or discarded by a person: they do not count towards a hold. */
  decided: WholeNumber,
  /** Found by a reconciliation although an incremental run should have found them. */
  missed: WholeNumber,
});
export type Tally = z.infer<typeof Tally>;

/** A tally of zero. */
export const EMPTY_TALLY: Tally = { firstSeen: 0, suspect: 0, decided: 0, missed: 0 };

export function sumTallies(tallies: Tally[]): Tally {
  const sum = { ...EMPTY_TALLY };
  for (const tally of tallies) {
    sum.firstSeen += tally.firstSeen;
    sum.suspect += tally.suspect;
    sum.decided += tally.decided;
    sum.missed += tally.missed;
  }
  return sum;
}

/** The changes of one page. Numbered 1, 2, 3, ... per integration; never altered after it was appended. */
export const JournalEntry = z.object({
  integration: IntegrationId,
  number: PositiveNumber,
  /** When Schoolbell read the changes, by the worker's clock. */
  detectedAt: Timestamp,
  mode: PollMode,
  /** The `updated_after` of the run; null for everything. */
  updatedAfter: z.nullable(Timestamp),
  /** The lease owner that appended it: it recognises its own append when the response was lost. */
  writer: z.string(),
  changes: z.array(Change),
  tally: Tally,
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** How many events an entry publishes. */
export function countEvents(entry: Pick<JournalEntry, 'changes'>): number {
  return entry.changes.reduce((sum, change) => sum + change.events.length, 0);
}

/** Counts events by type. */
export function countByType(events: { type: LearningEventType }[]): EventCounts {
  const byType: EventCounts = {};
  for (const { type } of events) byType[type] = (byType[type] ?? 0) + 1;
  return byType;
}

/** DynamoDB's limit is 400 KB for an item. Uncompressed JSON of this size always fits. */
const MAX_JSON_BYTES = 350_000;

/** Splits the decisions of a page into parts that are each small enough for one journal entry. */
export function splitChanges<Decision extends { change: Change }>(
  decisions: Decision[],
  maxBytes = MAX_JSON_BYTES,
): Decision[][] {
  const parts: Decision[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const decision of decisions) {
    const size = encoder.encode(JSON.stringify(decision.change)).length;
    const part = parts.at(-1);
    if (part === undefined || bytes + size > maxBytes) {
      parts.push([decision]);
      bytes = size;
    } else {
      part.push(decision);
      bytes += size;
    }
  }
  return parts;
}

const encoder = new TextEncoder();
