import { EventBridgeClient, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { afterEach, describe, expect, test } from 'vitest';
import { ENTRY_BYTES, entrySize, learningEntry } from '../../../functions/adapters/eventbridge/entry.ts';
import { createPublisher } from '../../../functions/adapters/eventbridge/publisher.ts';
import { putEventsCall } from '../../../functions/adapters/eventbridge/put-events.ts';
import type { LearningEvent } from '../../../functions/contract/learning-events.ts';
import { type Bus, startBus } from '../../../local/bus/bus.ts';
import { EVENTBRIDGE_LIMITS, type RequestLimits } from '../../../local/bus/put-events-request.ts';
import { someEvent } from './some-event.ts';

let bus: Bus | null = null;
afterEach(async () => {
  await bus?.close();
  bus = null;
});

async function publishTo(limits: RequestLimits, events: LearningEvent[]) {
  const calls: PutEventsRequestEntry[][] = [];
  bus = await startBus({ onEvent: () => {}, limits });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new EventBridgeClient({ region: 'eu-central-1', endpoint: bus.endpoint, credentials });
  const put = putEventsCall(client);
  const publisher = createPublisher({
    putEvents: (input) => {
      calls.push(input.Entries ?? []);
      return put(input);
    },
    bus: 'schoolbell',
  });
  return { answer: await publisher.publish(events), calls };
}

/** Returns an event whose entry in a request has `bytes` bytes, mostly in characters of two bytes. */
function eventOf(bytes: number, index = 0): LearningEvent {
  const bare = entrySize(learningEntry(someEvent(`p${index}`, index, ''), 'schoolbell'));
  const filling = bytes - bare;
  return someEvent(`p${index}`, index, 'é'.repeat(Math.floor(filling / 2)) + 'e'.repeat(filling % 2));
}

describe('the size of an entry', () => {
  test('the size of a PutEvents entry is the number of UTF-8 bytes of its texts and resources, plus 14 bytes for the time', () => {
    const entry = {
      Source: 'schule',
      DetailType: 'Prüfung',
      Detail: '{"a":"🎓"}',
      EventBusName: 'uncounted',
    };

    expect(entrySize(entry)).toBe(6 + 8 + 12);
    expect(entrySize({ ...entry, Time: new Date(0), Resources: ['ä', 'b'] })).toBe(6 + 8 + 12 + 14 + 3);
  });

  test('an event whose PutEvents entry has the largest permitted size is delivered', async () => {
    const { answer } = await publishTo(EVENTBRIDGE_LIMITS, [eventOf(ENTRY_BYTES)]);

    expect(answer).toEqual({ accepted: [0], refused: [], error: null });
  });

  test('an event whose entry is one byte too large is refused without a PutEvents call, and the other events are sent', async () => {
    const events = [eventOf(ENTRY_BYTES + 1), someEvent('p1', 1)];
    const { answer, calls } = await publishTo(EVENTBRIDGE_LIMITS, events);

    expect(answer).toEqual({
      accepted: [1],
      refused: [{ index: 0, reason: 'EventTooLarge (1047553 bytes)' }],
      error: null,
    });
    expect(calls.map((entries) => entries.length)).toEqual([1]);
  });

  test('an event above 256 KiB is returned as refused in a Region with this limit, and the other events are sent', async () => {
    const events = [eventOf(300_000), someEvent('p1', 1)];
    const { answer } = await publishTo({ entries: 10, bytes: 256 * 1024 }, events);

    expect(answer).toEqual({
      accepted: [1],
      refused: [{ index: 0, reason: 'EventTooLarge (300000 bytes)' }],
      error: null,
    });
  });
});

test('events of 100,000 bytes are sent two per PutEvents call, because some Regions accept only 256 KiB per call', async () => {
  const events = [0, 1, 2, 3, 4].map((index) => eventOf(100_000, index));
  const { answer, calls } = await publishTo({ entries: 10, bytes: 256 * 1024 }, events);

  expect(answer.accepted).toEqual([0, 1, 2, 3, 4]);
  expect(calls.map((entries) => entries.length)).toEqual([2, 2, 1]);
});
