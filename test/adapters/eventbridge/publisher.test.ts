import { EventBridgeClient, type EventBridgeClientConfig } from '@aws-sdk/client-eventbridge';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createPublisher, tryToSend } from '../../../functions/adapters/eventbridge/publisher.ts';
import { type PutEvents, putEventsCall } from '../../../functions/adapters/eventbridge/put-events.ts';
import { DeploymentError, TransientError } from '../../../functions/core/errors.ts';
import type { DeliveredEvent } from '../../../local/bus/bus.ts';
import { type FaultyBus, startFaultyBus } from '../../support/faulty-bus.ts';
import { someEvent, someEvents, someOperationalEvent } from './some-event.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

let bus: FaultyBus;
let delivered: DeliveredEvent[];
let calls: number[];

beforeEach(async () => {
  delivered = [];
  calls = [];
  bus = await startFaultyBus({ onEvent: (event) => void delivered.push(event) });
});

afterEach(() => bus.close());

/**
 * Creates a publisher over the real client. `calls` contains the number of entries of each call. With a
 * budget of 0 there are no retries.
 */
function publisherOver(config: EventBridgeClientConfig = {}, budgetMs = 60_000) {
  const client = new EventBridgeClient({
    region: 'eu-central-1',
    endpoint: bus.endpoint,
    credentials,
    maxAttempts: 1,
    ...config,
  });
  const put = putEventsCall(client);
  return createPublisher({
    putEvents: (input) => {
      calls.push(input.Entries?.length ?? 0);
      return put(input);
    },
    bus: 'schoolbell',
    retryBudget: { budgetMs, firstDelayMs: 1 },
  });
}

const ids = () => delivered.map(({ detail }) => detail['id']);
const inOrder = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('an event', () => {
  test('a learning event is delivered with its source, type, detail and time of detection', async () => {
    const event = someEvent('p1', 0);

    const answer = await publisherOver().publish([event]);

    expect(answer).toEqual({ accepted: [0], refused: [], error: null });
    expect(delivered).toEqual([
      {
        version: '0',
        id: expect.any(String),
        'detail-type': 'LearnerEnrolled',
        source: 'schoolbell',
        account: '000000000000',
        time: '2026-03-01T09:30:00Z',
        region: 'local',
        resources: [],
        detail: event.detail,
      },
    ]);
  });

  test('a replayed event is delivered with `Replayed` before the name of its type', async () => {
    const event = someEvent('p1', 0);
    const replay = { id: 'replay-1', reason: 'lost' };

    await publisherOver().publish([{ ...event, detail: { ...event.detail, replay } }]);

    expect(delivered[0]?.['detail-type']).toBe('ReplayedLearnerEnrolled');
    expect(delivered[0]?.detail['id']).toBe(event.detail.id);
  });

  test('an operational event is delivered with the time at which it happened', async () => {
    await publisherOver().notify(someOperationalEvent);

    expect(delivered[0]).toMatchObject({
      'detail-type': 'IntegrationRecovered',
      time: '2026-03-01T10:00:00Z',
      detail: someOperationalEvent.detail,
    });
  });
});

describe('the check whether the caller may send', () => {
  const check = (putEvents: PutEvents) =>
    tryToSend({ putEvents, bus: 'schoolbell', retryBudget: { budgetMs: 0, firstDelayMs: 1 } });

  test('the check whether the caller may send as Schoolbell delivers no event', async () => {
    const client = new EventBridgeClient({ region: 'local', endpoint: bus.endpoint, credentials });
    const sources: unknown[] = [];

    await check((input) => {
      sources.push(...(input.Entries ?? []).map(({ Source }) => Source));
      return putEventsCall(client)(input);
    });

    expect(sources).toEqual(['schoolbell']);
    expect(delivered).toEqual([]);
  });

  test.each<[string, PutEvents]>([
    ['a call', () => Promise.reject(Object.assign(new Error(), { name: 'AccessDeniedException' }))],
    [
      'an entry',
      async () => ({ $metadata: {}, FailedEntryCount: 1, Entries: [{ ErrorCode: 'AccessDeniedException' }] }),
    ],
  ])(
    'when AWS denies %s of a caller who is not an operator, the error names the setting',
    async (_, call) => {
      await expect(check(call)).rejects.toThrow(/AccessDeniedException\): .* the setting operators names/);
    },
  );
});

test('when there are no events to publish, EventBridge is not called', async () => {
  expect(await publisherOver().publish([])).toEqual({ accepted: [], refused: [], error: null });
  expect(calls).toEqual([]);
});

test('25 events are published with three PutEvents calls', async () => {
  const answer = await publisherOver().publish(someEvents(25));

  expect(answer).toEqual({ accepted: inOrder(25), refused: [], error: null });
  expect(calls.toSorted((a, b) => b - a)).toEqual([10, 10, 5]);
  expect(new Set(ids()).size).toBe(25);
});

describe('an entry that fails', () => {
  test.each(['InternalFailure', 'ThrottlingException', 'ServiceUnavailable', 'SomethingNew'])(
    'when EventBridge returns the error %s for some entries of a call, only these entries are sent again',
    async (code) => {
      bus.failEntries({ code, times: 2 });

      const answer = await publisherOver().publish(someEvents(5));

      expect(answer).toEqual({ accepted: inOrder(5), refused: [], error: null });
      expect(calls).toEqual([5, 2]);
      expect(delivered).toHaveLength(5);
    },
  );

  test.each(['InvalidArgument', 'MalformedDetail', 'RedactionFailure'])(
    'when EventBridge refuses an event with %s, the event is returned as refused, and the next event of its progression is sent',
    async (code) => {
      const second = 'moodle:school/1/1';
      bus.failEntries({ code, matches: ({ detail }) => detail['id'] === second });

      const events = [someEvent('p1', 0), someEvent('p2', 1), someEvent('p2', 2)];
      const answer = await publisherOver().publish(events);

      expect(answer).toEqual({ accepted: [0, 2], refused: [{ index: 1, reason: code }], error: null });
      expect(calls).toEqual([2, 1]);
    },
  );

  test.each([
    'AccessDeniedException',
    'NotAuthorizedForSourceException',
    'NotAuthorizedForDetailTypeException',
    'InvalidAccountIdException',
  ])(
    'when EventBridge returns %s for some entries, a deployment error is returned without a retry, and these events do not count as refused',
    async (code) => {
      bus.failEntries({ code, matches: ({ detail }) => detail['id'] !== 'moodle:school/1/0' });

      const { accepted, refused, error } = await publisherOver().publish(someEvents(3));

      expect({ accepted, refused }).toEqual({ accepted: [0], refused: [] });
      expect(error).toBeInstanceOf(DeploymentError);
      expect(error).toMatchObject({ code });
      expect(calls).toEqual([3]);
    },
  );

  test('publishing returns a transient error when EventBridge does not accept an entry within the time budget', async () => {
    bus.failEntries({ code: 'SomethingNew', times: 2 });

    const { accepted, refused, error } = await publisherOver({}, 0).publish(someEvents(3));

    expect({ accepted, refused }).toEqual({ accepted: [2], refused: [] });
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ code: 'SomethingNew' });
  });

  test('when an entry fails and no time is left for a retry, no further events are sent', async () => {
    bus.failEntries({ code: 'InternalFailure', times: 1 });

    const events = [someEvent('p1', 0), someEvent('p1', 1), someEvent('p2', 2), someEvent('p2', 3)];
    const { accepted, error } = await publisherOver({}, 0).publish(events);

    expect(accepted).toEqual([2]);
    expect(error).toBeInstanceOf(TransientError);
    expect(calls).toEqual([2]);
  });

  test('an event that EventBridge accepted but reported as failed is delivered twice with the same id', async () => {
    bus.failEntries({ code: 'InternalFailure', times: 1, afterAccepting: true });

    const answer = await publisherOver().publish(someEvents(1));

    expect(answer.accepted).toEqual([0]);
    expect(ids()).toEqual(['moodle:school/1/0', 'moodle:school/1/0']);
  });
});

describe('a call that fails', () => {
  test.each([
    ['a throttling error', { status: 400, code: 'ThrottlingException' }],
    ['an internal error', { status: 500, code: 'InternalException' }],
    ['an unavailable service', { status: 503, code: 'ServiceUnavailable' }],
    ['a dropped connection', { status: 'dropped' }],
  ] as const)('a PutEvents call that fails with %s is made again', async (_, fault) => {
    bus.failCalls({ ...fault, times: 1 });

    const answer = await publisherOver().publish(someEvents(2));

    expect(answer).toEqual({ accepted: [0, 1], refused: [], error: null });
    expect(calls).toEqual([2, 2]);
  });

  test('when PutEvents fails and no time is left for a retry, a transient error is returned, and no event counts as refused', async () => {
    bus.failCalls({ status: 500, code: 'InternalException' });

    const { accepted, refused, error } = await publisherOver({}, 0).publish(someEvents(100));

    expect({ accepted, refused }).toEqual({ accepted: [], refused: [] });
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ code: 'InternalException' });
    // The first four batches were sent at the same time, before the publisher knew that they fail. The other
    // six batches were not sent.
    expect(calls).toEqual([10, 10, 10, 10]);
  });

  test.each([
    [403, 'AccessDeniedException'],
    [400, 'AccessDeniedException'],
    [400, 'UnrecognizedClientException'],
    [400, 'ExpiredTokenException'],
    [400, 'ResourceNotFoundException'],
  ])(
    'when PutEvents fails with the HTTP status %s and the code %s, a deployment error is returned without a retry',
    async (status, code) => {
      bus.failCalls({ status, code });

      const { refused, error } = await publisherOver().publish(someEvents(1));

      expect(refused).toEqual([]);
      expect(error).toBeInstanceOf(DeploymentError);
      expect(error).toMatchObject({ code });
      expect(calls).toEqual([1]);
    },
  );

  test('when the connection breaks after EventBridge accepted a call, the call is made again, and its events are delivered twice', async () => {
    bus.failCalls({ status: 'dropped', times: 1, afterAccepting: true });

    const answer = await publisherOver().publish(someEvents(2));

    expect(answer.accepted).toEqual([0, 1]);
    expect(delivered).toHaveLength(4);
  });

  test('publishing returns a transient error when the connection to EventBridge is refused', async () => {
    await bus.close();

    const { error } = await publisherOver({}, 0).publish(someEvents(1));

    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('publishing returns a `DeploymentError` when there are no AWS credentials', async () => {
    const missing = Object.assign(new Error('Could not load credentials from any providers'), {
      name: 'CredentialsProviderError',
    });
    const publisher = publisherOver({ credentials: () => Promise.reject(missing) });

    expect((await publisher.publish(someEvents(1))).error).toBeInstanceOf(DeploymentError);
  });

  test('publishing returns a `DeploymentError` when the name of the Region is malformed', async () => {
    const { error } = await publisherOver({ region: 'not a region' }).publish(someEvents(1));

    expect(error).toBeInstanceOf(DeploymentError);
    expect(error?.message).toContain('egion');
  });
});

describe('an operational event', () => {
  test('an operational event is sent again when EventBridge first returns a failure for it', async () => {
    bus.failEntries({ code: 'InternalFailure', times: 1 });

    await publisherOver().notify(someOperationalEvent);

    expect(delivered).toHaveLength(1);
  });

  test('a transient error is thrown when an operational event is not accepted within the time budget', async () => {
    bus.failEntries({ code: 'InternalFailure' });

    await expect(publisherOver({}, 0).notify(someOperationalEvent)).rejects.toThrow(TransientError);
  });

  test("a transient error with EventBridge's error code is thrown when EventBridge refuses an operational event", async () => {
    bus.failEntries({ code: 'InvalidArgument' });

    const notified = publisherOver().notify(someOperationalEvent);

    await expect(notified).rejects.toThrow(TransientError);
    await expect(notified).rejects.toMatchObject({ code: 'InvalidArgument' });
  });

  test('a deployment error is thrown when AWS denies the right to send an operational event', async () => {
    bus.failCalls({ status: 403, code: 'AccessDeniedException' });

    await expect(publisherOver().notify(someOperationalEvent)).rejects.toThrow(DeploymentError);
  });
});
