import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPublisher } from '../../../functions/adapters/eventbridge/publisher.ts';
import type { PutEvents } from '../../../functions/adapters/eventbridge/put-events.ts';
import { DeploymentError, TransientError } from '../../../functions/core/errors.ts';
import { someEvent, someEvents } from './some-event.ts';

/** Creates a bus that refuses every request that contains one of the `poisoned` events. */
function busThatRefuses(poisoned: ReadonlySet<string>, name: string) {
  const arrived: string[] = [];
  const putEvents: PutEvents = async ({ Entries: entries = [] }) => {
    const ids = entries.map(idOf);
    if (ids.some((id) => poisoned.has(id))) throw untaken(name, 'detail');
    arrived.push(...ids);
    return { FailedEntryCount: 0, Entries: ids.map((id) => ({ EventId: id })), $metadata: {} };
  };
  return { arrived, putEvents };
}

const untaken = (name: string, field: string) =>
  Object.assign(
    new Error(`1 validation error detected: Value 'ada@example.com' at 'entries.1.member.${field}' failed`),
    { name },
  );

const idOf = ({ Detail: detail }: PutEventsRequestEntry): string => JSON.parse(detail ?? '').id;

const publisherOf = (putEvents: PutEvents) =>
  createPublisher({ putEvents, bus: 'schoolbell', retryBudget: { budgetMs: 0, firstDelayMs: 1 } });

test('when EventBridge refuses whole requests because of invalid entries, only these entries are refused, and all valid entries are delivered once, in order', async () => {
  const events = fc.array(
    fc.record({ progression: fc.constantFrom('p1', 'p2', 'p3'), poisoned: fc.boolean() }),
    { maxLength: 40 },
  );
  const codes = fc.constantFrom('ValidationException', 'ValidationError', 'SerializationException');
  const publishing = fc.asyncProperty(events, codes, async (drawn, code) => {
    const list = drawn.map(({ progression }, index) => someEvent(progression, index));
    const indexes = list.map((_, index) => index);
    const poisoned = new Set(list.filter((_, at) => drawn[at]?.poisoned).map(({ detail }) => detail.id));
    const bus = busThatRefuses(poisoned, code);

    const answer = await publisherOf(bus.putEvents).publish(list);

    expect(answer).toEqual({
      accepted: indexes.filter((at) => !drawn[at]?.poisoned),
      refused: indexes.filter((at) => drawn[at]?.poisoned).map((index) => ({ index, reason: code })),
      error: null,
    });
    for (const progression of ['p1', 'p2', 'p3']) {
      const ids = list
        .filter(({ detail }) => detail.progression.id === progression)
        .map(({ detail }) => detail.id);
      expect(bus.arrived.filter((id) => ids.includes(id))).toEqual(ids.filter((id) => !poisoned.has(id)));
    }
  });
  await fc.assert(publishing);
});

test('when the entries of a refused request are sent one per call and one call fails, the other entries count as accepted', async () => {
  let calls = 0;
  const publisher = publisherOf(async ({ Entries: entries = [] }) => {
    calls += 1;
    if (entries.length > 1) throw untaken('ValidationException', 'detail');
    if (calls === 3) throw new Error('socket hang up');
    return { Entries: [{ EventId: 'id' }], $metadata: {} };
  });

  const { accepted, refused, error } = await publisher.publish(someEvents(3));

  expect({ accepted, refused }).toEqual({ accepted: [0, 2], refused: [] });
  expect(error).toBeInstanceOf(TransientError);
});

test('when EventBridge refuses the bus name of a request, a deployment error is returned, and no event counts as refused', async () => {
  const publisher = publisherOf(async () => {
    throw untaken('ValidationException', 'eventBusName');
  });

  const { accepted, refused, error } = await publisher.publish(someEvents(2));

  expect({ accepted, refused }).toEqual({ accepted: [], refused: [] });
  expect(error).toBeInstanceOf(DeploymentError);
  expect(String(error)).not.toContain('ada@example.com');
  expect(error?.cause).toBeUndefined();
});
