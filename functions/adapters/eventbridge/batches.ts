import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { BATCH_BYTES, MOST_ENTRIES } from './entry-size.ts';

/** An entry on its way: its place in the caller's list, and its size in bytes. */
export type Outgoing = { index: number; entry: PutEventsRequestEntry; size: number };

/**
 * The entries in their order, cut into requests that EventBridge takes: at most 10 entries and 256 KiB each, an entry
 * larger than that in a request of its own.
 */
export function batchesOf(entries: Outgoing[]): Outgoing[][] {
  const batches: Outgoing[][] = [];
  let batch: Outgoing[] = [];
  let bytes = 0;
  for (const outgoing of entries) {
    if (batch.length === MOST_ENTRIES || (batch.length > 0 && bytes + outgoing.size > BATCH_BYTES)) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(outgoing);
    bytes += outgoing.size;
  }
  return batch.length === 0 ? batches : [...batches, batch];
}
