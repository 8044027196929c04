import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { LearningEvent } from '../../contract/learning-events.ts';
import { EVENT_SOURCE } from '../../contract/names.ts';
import type { OperationalEvent } from '../../contract/operational-events.ts';
import type { WorkflowEvent } from '../../contract/workflow-events.ts';

/** The detail-type of a replayed event does not match rules for live events. */
export function learningEntry({ type, detail }: LearningEvent, bus: string): PutEventsRequestEntry {
  const detailType = detail.replay === undefined ? type : `Replayed${type}`;
  return entry(bus, detailType, detail, detail.detectedAt);
}

export function operationalEntry(
  { type, detail }: OperationalEvent | WorkflowEvent,
  bus: string,
): PutEventsRequestEntry {
  return entry(bus, type, detail, detail.at);
}

function entry(bus: string, detailType: string, detail: object, time: string): PutEventsRequestEntry {
  return {
    EventBusName: bus,
    Source: EVENT_SOURCE,
    DetailType: detailType,
    Detail: JSON.stringify(detail),
    Time: new Date(time),
  };
}

/**
 * The maximum size in bytes of an entry that is sent alone: 1 MiB minus room for the envelope (some 200
 * bytes) that EventBridge puts around the detail. EventBridge accepts an entry of exactly 1 MiB, but does not
 * deliver it to targets that also have a limit of 1 MiB.
 */
export const ENTRY_BYTES = 1024 * 1024 - 1024;

const TIME_BYTES = 14;

/**
 * Returns the size of an entry in bytes as EventBridge counts it: 14 for the time; source, detail-type,
 * detail and resources in UTF-8; nothing for the name of the bus.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size
 */
export function entrySize(entry: PutEventsRequestEntry): number {
  const texts = [entry.Source, entry.DetailType, entry.Detail, ...(entry.Resources ?? [])];
  return texts.reduce(
    (size, text) => size + Buffer.byteLength(text ?? '', 'utf8'),
    entry.Time === undefined ? 0 : TIME_BYTES,
  );
}
