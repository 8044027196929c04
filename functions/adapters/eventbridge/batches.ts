import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { LearningEvent } from '../../contract/learning-events.ts';
import { grouped } from '../../core/grouped.ts';

/** An event and its index in the caller's list. */
type Indexed = { index: number; event: LearningEvent };

/**
 * Groups the events into waves: the first event of each progression, then the second event of each
 * progression, and so on. A wave is sent after EventBridge has accepted or refused every event of the
 * previous wave, so EventBridge accepts the events of each progression in their order.
 */
export function wavesOf(events: LearningEvent[]): Indexed[][] {
  const waves: Indexed[][] = [];
  const counts = new Map<string, number>();
  for (const [index, event] of events.entries()) {
    const progression = `${event.detail.integration.id}/${event.detail.progression.id}`;
    const earlier = counts.get(progression) ?? 0;
    counts.set(progression, earlier + 1);
    waves[earlier] ??= [];
    waves[earlier].push({ index, event });
  }
  return waves;
}

/** An entry to send: its index in the caller's list, and its size in bytes. */
export type Outgoing = { index: number; entry: PutEventsRequestEntry; size: number };

/** The maximum number of entries in a `PutEvents` request. */
const MOST_ENTRIES = 10;

/**
 * The maximum total size, in bytes, of a request with several entries. Since January 2026 a request may have
 * 1 MiB, but some Regions still have the earlier limit of 256 KiB. Ten usual events are far below both.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 */
export const BATCH_BYTES = 256 * 1024;

/** Groups entries into requests, in their order. An entry of more than 256 KiB gets a separate request. */
export function batchesOf(entries: Outgoing[]): Outgoing[][] {
  return grouped(entries, { count: MOST_ENTRIES, size: BATCH_BYTES }, ({ size }) => size);
}
