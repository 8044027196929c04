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
  control: BusControl;
  close(): Promise<void>;
};

export type BusOptions = {
  /** Any free port when not given. */
  port?: number;
  /** Called for each accepted entry before the response. An error becomes a 500. */
  onEvent: (event: DeliveredEvent) => void | Promise<void>;
  /**
   * The buses that exist; any name if not given. As in EventBridge, an event for another bus is accepted and delivered nowhere
   * (aws/aws-sdk#186).
   */
  buses?: string[];
  limits?: RequestLimits;
};

/**
 * A local EventBridge with the operation `PutEvents` for the AWS SDK (AWS JSON 1.1 over HTTP, signatures unchecked), with
 * EventBridge's limits and responses.
 */
export async function startBus(options: BusOptions): Promise<Bus> {
  const faults = createFaults();
  const server = createServer((request, response) => {
    answer(request, response, options, faults).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : 'The event could not be delivered.';
      respond(response, 500, failure({ code: 'InternalException', message }));
    });
  });
  const { origin, close } = await startLocalServer(server, options);
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
  if ('refusal' in call) {
    return respond(response, 400, failure(call.refusal));
  }
  const fault = faults.takeForCall();
  if (fault !== null && fault.afterAccepting !== true) {
    return fail(response, fault);
  }
  const entries = [];
  for (const entry of call.entries) {
    entries.push('code' in entry ? refused(entry) : await accept(entry, options, faults));
  }
  if (fault !== null) {
    return fail(response, fault);
  }
  const failed = entries.filter((entry) => 'ErrorCode' in entry);
  respond(response, 200, { FailedEntryCount: failed.length, Entries: entries });
}

type ResultEntry = { EventId: string } | { ErrorCode: string; ErrorMessage: string };

async function accept(entry: PutEntry, options: BusOptions, faults: Faults): Promise<ResultEntry> {
  const event = deliveredEvent(entry, randomUUID(), Date.now());
  const fault = faults.takeForEntry(event);
  if (fault === null || fault.afterAccepting === true) {
    if (options.buses === undefined || options.buses.includes(entry.bus)) {
      await options.onEvent(event);
    }
  }
  return fault === null
    ? { EventId: event.id }
    : refused({ code: fault.code, message: 'The local bus was set to fail this entry.' });
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
  const message = 'The local bus was set to fail this call.';
  respond(response, fault.status, failure({ code: fault.code, message }));
}

function respond(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}

/** How often a fault occurs, and whether the events are delivered before the failure. */
type Striking = {
  /** Every time when not given. */
  times?: number;
  /** The events are accepted and delivered, though the response is a failure. */
  afterAccepting?: boolean;
};

/** Single entries fail with a code; the others of the request are accepted. `times` counts entries. */
type EntryFault = Striking & { code: string; matches?: (event: DeliveredEvent) => boolean };

/** Whole calls fail, with an HTTP status and an error code, or with a connection that is closed without a response. */
export type CallFault = Striking & ({ status: number; code: string } | { status: 'dropped' });

/** Makes the bus fail. Faults apply in the order in which they were added. */
export type BusControl = {
  failEntries(fault: EntryFault): void;
  failCalls(fault: CallFault): void;
  /** Everything works again. */
  clearFaults(): void;
};

/** The remaining faults; taking one uses it up. */
export type Faults = BusControl & {
  takeForEntry(event: DeliveredEvent): EntryFault | null;
  takeForCall(): CallFault | null;
};

export function createFaults(): Faults {
  let entries: { fault: EntryFault; left: number }[] = [];
  let calls: { fault: CallFault; left: number }[] = [];
  return {
    failEntries(fault) {
      entries.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    failCalls(fault) {
      calls.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    },
    clearFaults() {
      entries = [];
      calls = [];
    },
    takeForEntry(event) {
      const waiting = entries.find(({ fault, left }) => left > 0 && (fault.matches?.(event) ?? true));
      return use(waiting);
    },
    takeForCall() {
      return use(calls.find(({ left }) => left > 0));
    },
  };
}

function use<Fault>(waiting: { fault: Fault; left: number } | undefined): Fault | null {
  if (waiting === undefined) {
    return null;
  }
  waiting.left -= 1;
  return waiting.fault;
}
