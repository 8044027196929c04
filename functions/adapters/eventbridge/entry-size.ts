import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';

/** `PutEvents` takes at most this many entries a request. */
export const MOST_ENTRIES = 10;

/**
 * The most bytes of several entries in one request. Since January 2026 a request may have 1 MiB, measured as the sum of
 * its entries: 1,048,576 bytes pass, one more is a ValidationException ("Total size of the entries in the request is
 * over the limit"). Some Regions still have the 256 KB of before, and ten usual events are far below both, so the
 * smaller limit is kept wherever there is a choice.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 */
export const BATCH_BYTES = 256 * 1024;

/**
 * The most bytes of an entry that goes alone: 1 MiB less room for the envelope (some 200 bytes) that EventBridge puts
 * around the detail. An entry of exactly 1 MiB is accepted and then not delivered to targets with the same limit.
 */
export const ENTRY_BYTES = 1024 * 1024 - 1024;

const TIME_BYTES = 14;

/**
 * The size of an entry in bytes as EventBridge counts it: 14 for the time; source, detail-type, detail and resources in
 * UTF-8; nothing for the name of the bus.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
 */
export function entrySize(entry: PutEventsRequestEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  return texts.reduce(
    (size, text) => size + Buffer.byteLength(text ?? '', 'utf8'),
    entry.Time === undefined ? 0 : TIME_BYTES,
  );
}
