import type { PutEntry } from './put-events-request.ts';

/** An event in the form in which EventBridge delivers it. */
export type DeliveredEvent = {
  version: '0';
  id: string;
  'detail-type': string;
  source: string;
  account: string;
  /** The time in whole seconds, e.g. `2026-03-01T09:30:00Z`. */
  time: string;
  region: string;
  resources: string[];
  detail: Record<string, unknown>;
};

export const LOCAL_ACCOUNT = '000000000000';

/** `now`, in milliseconds since 1970, is used when the entry has no time. */
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
