import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { EventBridgeEvent } from 'aws-lambda';
import { startLocalServer } from '../local-server.ts';
import {
  EVENTBRIDGE_LIMITS,
  type PutEntry,
  parsePutEvents,
  type Refusal,
  type RequestLimits,
} from './put-events-request.ts';

export type Bus = Awaited<ReturnType<typeof startBus>>;

export type BusOptions = {
  /** Called for each accepted entry, before the response. If it throws, the response has status 500. */
  onEvent: (event: DeliveredEvent) => void | Promise<void>;
  /**
   * The names of the buses that exist; by default every name. As in EventBridge, an event for another bus is
   * accepted, but not delivered (aws/aws-sdk#186).
   */
  buses?: string[];
  limits?: RequestLimits;
  /** Returns the error code with which an entry fails after `onEvent`, or null. */
  refuse?: (event: DeliveredEvent) => string | null;
  /** Handles a valid call; `respond` accepts its entries. Null closes the connection without a response. */
  intercept?: (respond: () => Promise<BusResponse>) => Promise<BusResponse | null>;
};

/** For an error, the body has the error's code as `__type`. */
export type BusResponse = { status: number; body: object };

/**
 * Starts a local EventBridge with EventBridge's limits and responses. It supports only `PutEvents` (AWS JSON
 * 1.1 over HTTP), and does not check signatures.
 */
export async function startBus(options: BusOptions) {
  const server = createServer((request, response) => {
    void respond(request, options)
      .catch((error: unknown) => {
        const message = error instanceof Error ? error.message : 'The event could not be delivered.';
        return failure(500, { code: 'InternalException', message });
      })
      .then((responded) => (responded === null ? response.destroy() : send(response, responded)));
  });
  const { origin, close } = await startLocalServer(server);
  return { endpoint: origin, close };
}

async function respond(request: IncomingMessage, options: BusOptions): Promise<BusResponse | null> {
  const body = await text(request);
  const operation = request.headers['x-amz-target'];
  if (request.method !== 'POST' || operation !== 'AWSEvents.PutEvents') {
    const message = 'The local bus only supports PutEvents.';
    return failure(400, { code: 'UnknownOperationException', message });
  }
  const { limits = EVENTBRIDGE_LIMITS, intercept = (accept) => accept() } = options;
  const call = parsePutEvents(body, limits);
  if ('refusal' in call) return failure(400, call.refusal);
  return intercept(async () => {
    const entries = [];
    for (const entry of call.entries) {
      entries.push('code' in entry ? refused(entry) : await accept(entry, options));
    }
    const failed = entries.filter((entry) => 'ErrorCode' in entry);
    return { status: 200, body: { FailedEntryCount: failed.length, Entries: entries } };
  });
}

type ResultEntry = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

async function accept(entry: PutEntry, { buses, onEvent, refuse }: BusOptions): Promise<ResultEntry> {
  const event = deliveredEvent(entry, randomUUID(), Date.now());
  if (buses?.includes(entry.bus) ?? true) await onEvent(event);
  const code = refuse?.(event) ?? null;
  return code === null ? { EventId: event.id } : refused({ code, message: 'The entry failed.' });
}

function refused({ code, message }: Refusal): ResultEntry {
  return { ErrorCode: code, ErrorMessage: message };
}

function failure(status: number, { code, message }: Refusal): BusResponse {
  return { status, body: { __type: code, message } };
}

function send(response: ServerResponse, { status, body }: BusResponse): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}

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
