import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { startLocalServer } from '../local-server.ts';
import { type DeliveredEvent, deliveredEvent } from './delivered-event.ts';
import {
  EVENTBRIDGE_LIMITS,
  type PutEntry,
  parsePutEvents,
  type Refusal,
  type RequestLimits,
} from './put-events-request.ts';

export type Bus = {
  /** The URL to give the AWS SDK as its endpoint. */
  endpoint: string;
  /** Makes the bus fail. */
  control: Pick<Faults, 'failEntries' | 'failCalls' | 'clearFaults'>;
  close(): Promise<void>;
};

export type BusOptions = {
  /**
   * The bus calls this function for each accepted entry, before it sends the response. If the function
   * throws, the response has status 500.
   */
  onEvent: (event: DeliveredEvent) => void | Promise<void>;
  /**
   * The names of the buses that exist. By default every name exists. As in EventBridge, an event for a bus
   * that does not exist is accepted, but not delivered (aws/aws-sdk#186).
   */
  buses?: string[];
  limits?: RequestLimits;
};

/**
 * Starts a local EventBridge for the AWS SDK, with EventBridge's limits and responses. It supports only the operation
 * `PutEvents` (AWS JSON 1.1 over HTTP), and does not check signatures.
 */
export async function startBus(options: BusOptions): Promise<Bus> {
  const faults = createFaults();
  const server = createServer((request, response) => {
    answer(request, response, options, faults).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : 'The event could not be delivered.';
      respond(response, 500, failure({ code: 'InternalException', message }));
    });
  });
  const { origin, close } = await startLocalServer(server);
  return { endpoint: origin, control: faults, close };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: BusOptions,
  faults: Faults,
): Promise<void> {
  const body = await text(request);
  const operation = request.headers['x-amz-target'];
  if (request.method !== 'POST' || operation !== 'AWSEvents.PutEvents') {
    const message = 'The local bus only supports PutEvents.';
    return respond(response, 400, failure({ code: 'UnknownOperationException', message }));
  }
  const call = parsePutEvents(body, options.limits ?? EVENTBRIDGE_LIMITS);
  if ('refusal' in call) return respond(response, 400, failure(call.refusal));
  const fault = faults.takeForCall();
  if (fault !== null && fault.afterAccepting !== true) return fail(response, fault);
  const entries = [];
  for (const entry of call.entries) {
    entries.push('code' in entry ? refused(entry) : await accept(entry, options, faults));
  }
  if (fault !== null) return fail(response, fault);
  const failed = entries.filter((entry) => 'ErrorCode' in entry);
  respond(response, 200, { FailedEntryCount: failed.length, Entries: entries });
}

type ResultEntry = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

async function accept(entry: PutEntry, options: BusOptions, faults: Faults): Promise<ResultEntry> {
  const event = deliveredEvent(entry, randomUUID(), Date.now());
  const fault = faults.takeForEntry(event);
  const isAccepted = fault === null || fault.afterAccepting === true;
  if (isAccepted && (options.buses?.includes(entry.bus) ?? true)) await options.onEvent(event);
  return fault === null
    ? { EventId: event.id }
    : refused({ code: fault.code, message: 'A fault of the local bus makes this entry fail.' });
}

function refused({ code, message }: Refusal): ResultEntry {
  return { ErrorCode: code, ErrorMessage: message };
}

function failure({ code, message }: Refusal): object {
  return { __type: code, message };
}

function fail(response: ServerResponse, fault: CallFault): void {
  if (fault.status === 'dropped') {
    response.destroy();
    return;
  }
  const message = 'A fault of the local bus makes this call fail.';
  respond(response, fault.status, failure({ code: fault.code, message }));
}

function respond(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}

/** When a fault occurs, and whether the events are delivered before the failure. */
type Striking = {
  /** The number of times that the fault occurs. By default it always occurs. */
  times?: number;
  /** Whether the events are accepted and delivered although the response is a failure. */
  afterAccepting?: boolean;
};

/** Makes single entries fail with a code. The other entries of the request are accepted. `times` counts entries. */
type EntryFault = Striking & { code: string; matches?: (event: DeliveredEvent) => boolean };

/**
 * Makes whole calls fail, either with an HTTP status and an error code, or by closing the connection without
 * a response.
 */
type CallFault = Striking & ({ status: number; code: string } | { status: 'dropped' });

type Faults = ReturnType<typeof createFaults>;

/**
 * Creates the faults of a bus. They apply in the order in which they were added. Each call of a `take`
 * function that returns a fault counts as one occurrence of the fault.
 */
function createFaults() {
  let entries: EntryFault[] = [];
  let calls: CallFault[] = [];
  return {
    failEntries(fault: EntryFault): void {
      entries.push({ ...fault });
    },
    failCalls(fault: CallFault): void {
      calls.push({ ...fault });
    },
    clearFaults(): void {
      entries = [];
      calls = [];
    },
    takeForEntry: (event: DeliveredEvent) => take(entries, ({ matches }) => matches?.(event) ?? true),
    takeForCall: () => take(calls, () => true),
  };
}

function take<Fault extends Striking>(faults: Fault[], applies: (fault: Fault) => boolean): Fault | null {
  const fault = faults.find((each) => each.times !== 0 && applies(each));
  if (fault?.times !== undefined) fault.times -= 1;
  return fault ?? null;
}
