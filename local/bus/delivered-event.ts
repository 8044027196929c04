import type { EventBridgeEvent } from 'aws-lambda';
import type { PutEntry } from './put-events-request.ts';

/** An event in the form in which EventBridge delivers it. */
export type DeliveredEvent = EventBridgeEvent<string, Record<string, unknown>>;

export const LOCAL_ACCOUNT = '000000000000';

/**
 * The event's time has whole seconds, e.g. `2026-03-01T09:30:00Z`. `now`, in milliseconds since 1970, is used
 * when the entry has no time.
 */
export function deliveredEvent(entry: PutEntry, id: string, now: number): DeliveredEvent {
  const seconds = Math.floor(entry.time ?? now / 1000);
  return {
    version: '0',
    id,
    'detail-type': entry.detailType,
    source: entry.source,
    account: LOCAL_ACCOUNT,
    time: new Date(seconds * 1000).toISOString().replace('.000Z', 'Z'),
    region: 'local',
    resources: entry.resources,
    detail: entry.detail,
  };
}
