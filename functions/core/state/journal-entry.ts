import * as z from 'zod/mini';
import { Course, LearnerReference } from '../../contract/event-parts.ts';
import { PositiveNumber, Timestamp, WholeNumber } from '../../contract/field-types.ts';
import { IntegrationId } from '../../contract/integration.ts';
import { LearningEventType } from '../../contract/learning-event-type.ts';
import { PollMode } from '../../contract/messages.ts';
import { ProgressionState } from '../../contract/progression-state.ts';
import { Facts, UnpublishedRemoval } from './facts.ts';

/** What one record of a page changed. */
export const Change = z.object({
  /** What was known before, or null at first sight. */
  previous: z.nullable(ProgressionState),
  /** What is known from now on. */
  state: ProgressionState,
  /** What happened, in order; empty when the change is stored and publishes nothing. */
  events: z.array(LearningEventType),
  learner: LearnerReference,
  course: Course,
  erased: z.boolean(),
  discarded: z.nullable(Facts),
  unpublishedRemoval: z.nullable(UnpublishedRemoval),
});
export type Change = z.infer<typeof Change>;

/** How many of an entry's changes are of a kind that is counted. */
export const Tally = z.object({
  firstSeen: WholeNumber,
  /** Suspect changes that passed without a person: they count towards a hold. */
  suspect: WholeNumber,
  /** Released or discarded by a person: they do not count towards a hold. */
  decided: WholeNumber,
  /** Found by a reconciliation though an incremental run should have seen it. */
  missed: WholeNumber,
});
export type Tally = z.infer<typeof Tally>;

/** What one page changed: a fact once it is appended, numbered 1, 2, 3, ... per integration, never altered. */
export const JournalEntry = z.object({
  integration: IntegrationId,
  number: PositiveNumber,
  /** When Schoolbell saw the changes, by the worker's clock. */
  detectedAt: Timestamp,
  mode: PollMode,
  /** What the run asked Kombo for: what was changed since then, or everything (null). */
  updatedAfter: z.nullable(Timestamp),
  /** The lease owner that appended it: recognises its own append when the answer was lost. */
  writer: z.string(),
  changes: z.array(Change),
  tally: Tally,
});
export type JournalEntry = z.infer<typeof JournalEntry>;

/** How many events an entry publishes. */
export function countEvents(entry: Pick<JournalEntry, 'changes'>): number {
  return entry.changes.reduce((sum, change) => sum + change.events.length, 0);
}
