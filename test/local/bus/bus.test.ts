import {
  EventBridgeClient,
  ListRulesCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BusOptions, DeliveredEvent } from '../../../local/bus/bus.ts';
import { type FaultyBus, startFaultyBus } from '../../support/faulty-bus.ts';

let bus: FaultyBus;
let delivered: DeliveredEvent[];

const start = async (options: Partial<BusOptions> = {}) => {
  bus = await startFaultyBus({ onEvent: (event) => void delivered.push(event), ...options });
};

beforeEach(async () => {
  delivered = [];
  await start();
});

afterEach(() => bus.close());

const client = () =>
  new EventBridgeClient({
    region: 'eu-central-1',
    endpoint: bus.endpoint,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
const put = (...Entries: PutEventsRequestEntry[]) => client().send(new PutEventsCommand({ Entries }));
const entry = { Source: 'schoolbell', DetailType: 'CourseCompleted', Detail: '{"id":"1"}' };
const entries = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ ...entry, Detail: `{"id":"${index}"}` }));

test('the local bus delivers an accepted entry with its event id, in the form in which EventBridge delivers events', async () => {
  const answer = await put({ ...entry, Time: new Date('2026-03-01T09:30:00.999Z'), Resources: ['a'] });

  expect(answer.FailedEntryCount).toBe(0);
  expect(delivered).toEqual([
    {
      version: '0',
      id: answer.Entries?.[0]?.EventId,
      'detail-type': 'CourseCompleted',
      source: 'schoolbell',
      account: '000000000000',
      time: '2026-03-01T09:30:00Z',
      region: 'local',
      resources: ['a'],
      detail: { id: '1' },
    },
  ]);
});

test('the local bus delivers an entry without a time with a time in whole seconds', async () => {
  await put(entry);

  expect(delivered[0]?.time).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
});

test('the local bus delivers an entry before it responds to PutEvents', async () => {
  await bus.close();
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const steps: string[] = [];
  await start({
    onEvent: async () => {
      queueMicrotask(release);
      await held;
      steps.push('delivered');
    },
  });

  await put(entry);
  steps.push('answered');

  expect(steps).toEqual(['delivered', 'answered']);
});

test('PutEvents of the local bus fails with the reason when an entry cannot be delivered', async () => {
  await bus.close();
  await start({
    onEvent: () => {
      throw new Error('the disk is full');
    },
  });

  await expect(put(entry)).rejects.toMatchObject({
    name: 'InternalException',
    message: 'the disk is full',
  });
});

test('the local bus accepts an entry for a bus that does not exist, but does not deliver it', async () => {
  await bus.close();
  await start({ buses: ['schoolbell'] });

  const answer = await put(
    { ...entry, EventBusName: 'other' },
    { ...entry, EventBusName: 'schoolbell' },
    { ...entry, EventBusName: 'arn:aws:events:eu-central-1:000000000000:event-bus/schoolbell' },
  );

  expect(answer.FailedEntryCount).toBe(0);
  expect(delivered).toHaveLength(2);
});

test.each([
  ['a source', { ...entry, Source: '' }, 'InvalidArgument'],
  ['a detail-type', { ...entry, DetailType: undefined }, 'InvalidArgument'],
  ['a detail', { ...entry, Detail: undefined }, 'InvalidArgument'],
  ['JSON in its detail', { ...entry, Detail: '{' }, 'MalformedDetail'],
  ['an object in its detail', { ...entry, Detail: '[]' }, 'MalformedDetail'],
  ['a source that is allowed', { ...entry, Source: 'aws.ec2' }, 'NotAuthorizedForSourceException'],
])(
  'on the local bus, an entry without %s fails at its index in the response, and the other entries are delivered',
  async (_, bad, code) => {
    const answer = await put(entry, bad, entry);

    expect(answer.FailedEntryCount).toBe(1);
    expect(answer.Entries).toEqual([
      { EventId: delivered[0]?.id },
      { ErrorCode: code, ErrorMessage: expect.any(String) },
      { EventId: delivered[1]?.id },
    ]);
  },
);

test('the local bus accepts a request with 10 entries and refuses a request with 11 entries', async () => {
  expect((await put(...entries(10))).Entries).toHaveLength(10);
  await expect(put(...entries(11))).rejects.toMatchObject({ name: 'ValidationException' });
  expect(delivered).toHaveLength(10);
});

test('the local bus refuses a request without entries', async () => {
  await expect(put()).rejects.toMatchObject({ name: 'ValidationException' });
});

test('the local bus accepts a request of 1 MiB in UTF-8 and refuses a request with one more byte', async () => {
  const counted = Buffer.byteLength('schoolbellCourseCompleted{"id":""}');
  const filling = 'é'.repeat((1024 * 1024 - counted - 2) / 2);
  const largest = { ...entry, Detail: `{"id":"${filling}xy"}` };

  expect((await put(largest)).FailedEntryCount).toBe(0);
  const larger = { ...largest, DetailType: 'CourseCompleted2' };
  await expect(put(larger)).rejects.toMatchObject({ name: 'ValidationException' });
});

test('the local bus refuses an operation other than PutEvents as unknown', async () => {
  const listing = client().send(new ListRulesCommand({}));

  await expect(listing).rejects.toMatchObject({ name: 'UnknownOperationException' });
});

test('the local bus refuses a request whose body is not valid JSON', async () => {
  const response = await fetch(bus.endpoint, {
    method: 'POST',
    headers: { 'x-amz-target': 'AWSEvents.PutEvents' },
    body: '{"Entries":',
  });

  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ __type: 'SerializationException' });
});

test('when a test injects a fault for two entries into the local bus, the next two `PutEvents` entries fail', async () => {
  bus.failEntries({ code: 'ThrottlingException', times: 2 });

  const answer = await put(...entries(3));

  expect(answer.FailedEntryCount).toBe(2);
  expect(delivered.map(({ detail }) => detail['id'])).toEqual(['2']);
  expect((await put(entry)).FailedEntryCount).toBe(0);
});

test('a fault that a test injects into the local bus makes each `PutEvents` entry that matches the fault fail until the test clears the faults', async () => {
  bus.failEntries({ code: 'InternalFailure', matches: ({ detail }) => detail['id'] === '1' });

  expect((await put(...entries(3))).FailedEntryCount).toBe(1);
  expect((await put(...entries(3))).FailedEntryCount).toBe(1);
  bus.clearFaults();
  expect((await put(...entries(3))).FailedEntryCount).toBe(0);
});

test('a fault that a test injects into the local bus delivers an entry that the response reports as failed', async () => {
  bus.failEntries({ code: 'InternalFailure', times: 1, afterAccepting: true });

  expect((await put(entry)).FailedEntryCount).toBe(1);
  expect(delivered).toHaveLength(1);
});

test('a fault that a test injects into the local bus makes a whole call fail, before or after its entries are delivered', async () => {
  bus.failCalls({ status: 503, code: 'ServiceUnavailable', times: 1 });
  bus.failCalls({ status: 'dropped', times: 1, afterAccepting: true });

  await expect(put(entry)).rejects.toMatchObject({ name: 'ServiceUnavailable' });
  expect(delivered).toHaveLength(0);
  await expect(put(entry)).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(delivered).toHaveLength(1);
  expect((await put(entry)).FailedEntryCount).toBe(0);
});
