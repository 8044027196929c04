import * as z from 'zod/mini';
import { Course, LearnerReference, LearningEventType, ProgressionState } from '../../contract/event-parts.ts';
import { PositiveNumber, Timestamp, WholeNumber } from '../../contract/field-types.ts';
import { IntegrationId } from '../../contract/integration.ts';
import { PollMode } from '../../contract/messages.ts';
import { Facts, type KnownProgression, UnpublishedRemoval } from './progression.ts';

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

/**
 * What is known after a change. The learner's ids go when Kombo erased the learner: the event that says so is the last
 * one to carry them.
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

/** A tally of nothing. */
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

/** DynamoDB's items end at 400 KB; uncompressed JSON below this fits whatever it holds. */
const MAX_JSON_BYTES = 350_000;

/** The decisions of a page in parts, each small enough for one journal entry. */
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
