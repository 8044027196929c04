import * as z from 'zod/mini';
import { EventCounts, type Replay } from '../../contract/event-parts.ts';
import { PositiveNumber, Timestamp, WholeNumber } from '../../contract/field-types.ts';
import { IntegrationId } from '../../contract/integration.ts';
import { Failure } from '../state/checkpoint.ts';
import { EventFilter, TimeRange } from './selection.ts';

/** Where a replay stands in what it reads: all before it is settled. */
export const ReplayPosition = z.discriminatedUnion('source', [
  z.object({
    source: z.literal('journal'),
    /** The last entry that belongs to the replay, fixed when its events were counted: a live poll only adds after it. */
    last: WholeNumber,
    /** The next event: its entry, and its index among all events of the entry. */
    entry: PositiveNumber,
    index: WholeNumber,
  }),
  z.object({
    source: z.literal('kombo'),
    /** Kombo's ids of the learners whose records are asked for; empty: everyone's. */
    users: z.array(z.string()),
    /** Kombo's ids of the courses whose records are asked for; empty: all courses'. */
    courses: z.array(z.string()),
    /** The page in hand; null for the first one. */
    cursor: z.nullable(z.string()),
    /** The records of a page go in the order of their ids: those up to this one are settled. */
    after: z.nullable(z.string()),
    /** The ids of the next record's events that are settled. */
    settled: z.array(z.string()),
  }),
]);
export type ReplayPosition = z.infer<typeof ReplayPosition>;

/** What a replay would send, counted. */
export const ReplayPlan = z.object({
  integration: IntegrationId,
  range: TimeRange,
  filter: EventFilter,
  place: ReplayPosition,
  events: WholeNumber,
  byType: EventCounts,
});
export type ReplayPlan = z.infer<typeof ReplayPlan>;

/** A replay that was ordered, and how far it has come: enough to carry it on in another process. No personal data. */
export const ReplayRecord = z.extend(ReplayPlan, {
  id: z.string().check(z.minLength(1)),
  reason: z.string(),
  consumer: z.nullable(z.string()),
  /** Under the events' own names and without `replay`, to everyone. */
  asLive: z.boolean(),
  /** Events a second. */
  rate: PositiveNumber,
  /** `stopped`: only `replay --resume` continues it. */
  state: z.enum(['running', 'stopped', 'finished']),
  /** `ReplayStarted` was published. */
  notified: z.boolean(),
  published: WholeNumber,
  refused: WholeNumber,
  /** What stopped it last, while nothing went well since. */
  failure: z.nullable(Failure),
  orderedAt: Timestamp,
  movedAt: Timestamp,
  /** Counts the writes, and the call that made the last one: recognises one's own when its answer was lost. */
  revision: WholeNumber,
  writer: z.string(),
});
export type ReplayRecord = z.infer<typeof ReplayRecord>;

/**
 * The `replay` field of what a replay publishes. A replay for everyone has no `consumer`: a rule that takes such replays
 * asks for its absence, and `{ exists: false }` does not match null.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function replayMark({
  id,
  reason,
  consumer,
}: Pick<ReplayRecord, 'id' | 'reason' | 'consumer'>): Replay {
  return { id, reason, ...(consumer !== null && { consumer }) };
}

/** What a replay did not find any more: events that were counted, and whose entries were then removed. */
export function missingOf({ events, published, refused }: ReplayRecord): number {
  return Math.max(0, events - published - refused);
}

/** What changes of a replay when some of it is settled. */
export function advanceReplay(
  replay: ReplayRecord,
  sent: { published: number; refused: number; next: ReplayPosition | null; fromBeginning: boolean },
): Partial<ReplayRecord> {
  return {
    place: sent.next ?? replay.place,
    published: (sent.fromBeginning ? 0 : replay.published) + sent.published,
    refused: (sent.fromBeginning ? 0 : replay.refused) + sent.refused,
    failure: null,
  };
}
