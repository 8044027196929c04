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

/** The change of one progression, as the journal contains it. */
export const Change = z.object({
  /** The known state before the change, or null for a new record. */
  previous: z.nullable(ProgressionState),
  /** The number of the entry that wrote the known state before the change, or null for a new record. */
  previousEntry: z.nullable(PositiveNumber),
  state: ProgressionState,
  /** The events in order. The list is empty if the change is stored without an event. */
  events: z.array(LearningEventType),
  learner: LearnerReference,
  course: Course,
  erased: z.boolean(),
  discarded: z.nullable(Facts),
  unpublishedRemoval: z.nullable(UnpublishedRemoval),
});
export type Change = z.infer<typeof Change>;

/** After an erasure, the state has no ids of the learner: `LearnerDataErased` is the last event with them. */
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

/** The number of changes of an entry in each category. A change may be in several categories. */
export const Tally = z.object({
  firstSeen: WholeNumber,
  /** Suspect changes that were published without a person's decision. They count towards the limit. */
  suspect: WholeNumber,
  /** Changes that a person has released or discarded. They do not count towards the limit. */
  decided: WholeNumber,
  /** Changes that a reconciliation found although an incremental run should have found them. */
  missed: WholeNumber,
});
export type Tally = z.infer<typeof Tally>;

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

/**
 * The changes of one page, or of a part of a large page. A fence has no changes. Entries are numbered 1, 2,
 * 3, ... per integration. An appended entry is never altered.
 */
export const JournalEntry = z.object({
  integration: IntegrationId,
  number: PositiveNumber,
  /** When Schoolbell read the changes, by the worker's clock. */
  detectedAt: Timestamp,
  mode: PollMode,
  /** The `updated_after` of the run; null if the run requested all records. */
  updatedAfter: z.nullable(Timestamp),
  /** The owner of the lease. It shows a worker whether its append succeeded if the response was lost. */
  writer: z.string(),
  changes: z.array(Change),
  tally: Tally,
});
export type JournalEntry = z.infer<typeof JournalEntry>;

export function countEvents(entry: Pick<JournalEntry, 'changes'>): number {
  return entry.changes.reduce((sum, change) => sum + change.events.length, 0);
}

export function countByType(events: { type: LearningEventType }[]): EventCounts {
  const byType: EventCounts = {};
  for (const { type } of events) byType[type] = (byType[type] ?? 0) + 1;
  return byType;
}
