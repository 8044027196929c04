import * as z from 'zod/mini';
import { EventCounts, type Replay } from '../../contract/event-parts.ts';
import { PositiveNumber, Timestamp, WholeNumber } from '../../contract/field-types.ts';
import { IntegrationId } from '../../contract/integration.ts';
import { Failure } from '../state/checkpoint.ts';
import { EventFilter, TimeRange } from './selection.ts';

/** The position of a replay in its source. The bus has accepted or refused every event before it. */
export const ReplayPosition = z.discriminatedUnion('source', [
  z.object({
    source: z.literal('journal'),
    /** The last entry of the replay, determined when the events are counted: polls append later entries. */
    last: WholeNumber,
    /** The next event: the number of its entry, and its index among all events of the entry. */
    entry: PositiveNumber,
    index: WholeNumber,
  }),
  z.object({
    source: z.literal('kombo'),
    /** Kombo's ids of the learners whose records are read; empty: all learners. */
    users: z.array(z.string()),
    /** The cursor of the current page; null for the first page. */
    cursor: z.nullable(z.string()),
    /** The id of the last finished record of the page. Records are processed in the order of their ids. */
    after: z.nullable(z.string()),
    /** The ids of the events of the next record that the bus has already accepted or refused. */
    settled: z.array(z.string()),
  }),
]);
export type ReplayPosition = z.infer<typeof ReplayPosition>;

/** The counted events of a replay. */
export const ReplayPlan = z.object({
  integration: IntegrationId,
  range: TimeRange,
  filter: EventFilter,
  position: ReplayPosition,
  events: WholeNumber,
  byType: EventCounts,
});
export type ReplayPlan = z.infer<typeof ReplayPlan>;

/** A replay and its progress, from which another process can continue it. It has no personal data. */
export const ReplayRecord = z.extend(ReplayPlan, {
  id: z.string().check(z.minLength(1)),
  reason: z.string(),
  consumer: z.nullable(z.string()),
  /** Whether the events are sent to everyone, with the names of live events and without `replay`. */
  asLive: z.boolean(),
  /** Events per second. */
  rate: PositiveNumber,
  /** A stopped replay continues only with `replay --resume`. */
  state: z.enum(['running', 'stopped', 'finished']),
  /** Whether `ReplayStarted` was published. */
  notified: z.boolean(),
  published: WholeNumber,
  refused: WholeNumber,
  /** Null if there was no failure, or if the replay made progress or was resumed after it. */
  failure: z.nullable(Failure),
  orderedAt: Timestamp,
  movedAt: Timestamp,
  /** The number of writes and the last writer: they show if a write succeeded whose response was lost. */
  revision: WholeNumber,
  writer: z.string(),
});
export type ReplayRecord = z.infer<typeof ReplayRecord>;

/**
 * Returns the `replay` field of a replayed event. It has no `consumer` when the replay is for everyone: rules
 * check this with `{ exists: false }`, which does not match null.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function replayMark({
  id,
  reason,
  consumer,
}: Pick<ReplayRecord, 'id' | 'reason' | 'consumer'>): Replay {
  return { id, reason, ...(consumer !== null && { consumer }) };
}

/** Returns the number of counted events that were not sent, for example because retention removed them. */
export function missingOf({ events, published, refused }: ReplayRecord): number {
  return Math.max(0, events - published - refused);
}

/** Returns the changes to a replay after some events were sent. */
export function advanceReplay(
  replay: ReplayRecord,
  sent: { published: number; refused: number; next: ReplayPosition | null; fromBeginning: boolean },
): Partial<ReplayRecord> {
  return {
    position: sent.next ?? replay.position,
    published: (sent.fromBeginning ? 0 : replay.published) + sent.published,
    refused: (sent.fromBeginning ? 0 : replay.refused) + sent.refused,
    failure: null,
  };
}
