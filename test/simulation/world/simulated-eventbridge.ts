import type { PutEventsRequestEntry, PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import type { PutEvents } from '../../../functions/adapters/eventbridge/put-events.ts';
import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import { type ReceivedEvent, receivedEvent } from './received-events.ts';
import { networkError, sdkError } from './sdk-errors.ts';
import type { VirtualTime } from './virtual-time.ts';
import type { WorkerProcess } from './worker-process.ts';

/** The bus: the accepted events in order, and the events that it refuses permanently. */
export type SimulatedBus = {
  received: ReceivedEvent[];
  refused: ReceivedEvent[];
  refusedIds: Set<string>;
};

type World = { time: VirtualTime; random: Random; faults: Faults; bus: SimulatedBus };

/** Creates EventBridge as one process sees it. Single entries can fail, even after they were accepted. */
export function simulatedEventBridge(process: WorkerProcess, world: World): PutEvents {
  const { time, random, faults, bus } = world;
  let sent = 0;

  const accept = ({ DetailType = '', Detail = '' }: PutEventsRequestEntry): PutEventsResultEntry => {
    bus.received.push(receivedEvent(time.now(), DetailType, Detail));
    return { EventId: `${process.name}-${sent++}` };
  };

  const take = (entry: PutEventsRequestEntry): PutEventsResultEntry => {
    const event = receivedEvent(time.now(), entry.DetailType ?? '', entry.Detail ?? '');
    if (event.journal !== null && (bus.refusedIds.has(event.id) || faults.strikes('bus-entry-refused'))) {
      bus.refusedIds.add(event.id);
      bus.refused.push(event);
      return { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' };
    }
    if (faults.strikes('bus-entry-failed')) return failed(random);
    const accepted = accept(entry);
    return faults.strikes('bus-entry-failed-though-accepted') ? failed(random) : accepted;
  };

  return async ({ Entries: entries = [] }) => {
    const what = `eventbridge put ${entries.map(nameOf).join(', ')}`;
    if (faults.strikes('bus-call-failed')) {
      return process.request(`${what} failed`, () => {
        throw random.pick([
          sdkError('ThrottlingException', 'Rate exceeded', 400),
          sdkError('InternalException', 'Internal error', 500),
          networkError('connect ETIMEDOUT', 'ETIMEDOUT'),
        ]);
      });
    }
    if (faults.strikes('bus-answer-lost')) {
      return process.request(`${what} answer lost`, () => {
        entries.map(take);
        throw networkError('socket hang up', 'ECONNRESET');
      });
    }
    return process.request(what, () => {
      const results = entries.map(take);
      const failures = results.filter(({ ErrorCode }) => ErrorCode !== undefined);
      return { FailedEntryCount: failures.length, Entries: results, $metadata: {} };
    });
  };
}

function failed(random: Random): PutEventsResultEntry {
  return random.pick([
    { ErrorCode: 'InternalFailure', ErrorMessage: 'Unexpected failure' },
    { ErrorCode: 'ThrottlingException', ErrorMessage: 'Rate exceeded' },
  ]);
}

function nameOf({ DetailType = '', Detail = '' }: PutEventsRequestEntry): string {
  const { id, progression } = receivedEvent(0, DetailType, Detail);
  return `${DetailType} ${id} ${progression ?? ''}`;
}
