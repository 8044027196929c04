import type { PutEventsCommandInput, PutEventsCommandOutput } from '@aws-sdk/client-eventbridge';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createNotifier, createPublisher } from '../../../functions/adapters/eventbridge/publisher.ts';
import { DeploymentError, isRunError, TransientError } from '../../../functions/core/errors.ts';
import { someEvents, someOperationalEvent, someWorkflowEvent } from './some-event.ts';

type Answer = Omit<PutEventsCommandOutput, '$metadata'>;

/**
 * Creates a publisher for which EventBridge returns the given responses one after the other, and then accepts
 * all entries. `calls` contains the number of entries of each call.
 */
function publisherAnswered(answers: (Answer | Error)[], budgetMs = 60_000) {
  const calls: number[] = [];
  const options = {
    putEvents: async ({ Entries: entries = [] }: PutEventsCommandInput) => {
      const answer = answers[calls.length] ?? { Entries: entries.map(() => ({ EventId: 'id' })) };
      calls.push(entries.length);
      if (answer instanceof Error) {
        throw answer;
      }
      return { ...answer, $metadata: {} };
    },
    bus: 'schoolbell',
    retryBudget: { budgetMs, firstDelayMs: 1 },
  };
  return { publisher: createPublisher(options), publish: createNotifier(options), calls };
}

test.each<[string, Answer, number]>([
  ['has no entries', {}, 2],
  ['is shorter than the request', { FailedEntryCount: 0, Entries: [{ EventId: 'a' }] }, 2],
  [
    'counts a failure that no entry shows',
    { FailedEntryCount: 1, Entries: [{ EventId: 'a' }, { EventId: 'b' }] },
    2,
  ],
  ['lacks an event id', { FailedEntryCount: 0, Entries: [{ EventId: 'a' }, {}] }, 1],
])(
  'when a response of EventBridge %s, the entries that the response does not confirm are sent again',
  async (_, answer, sentAgain) => {
    const { publisher, calls } = publisherAnswered([answer]);

    expect(await publisher.publish(someEvents(2))).toEqual({ accepted: [0, 1], refused: [], error: null });
    expect(calls).toEqual([2, sentAgain]);
  },
);

test("when EventBridge's response confirms no entry and no time is left for a retry, publishing returns a transient error", async () => {
  const { publisher } = publisherAnswered([{}], 0);

  const { accepted, refused, error } = await publisher.publish(someEvents(2));

  expect({ accepted, refused }).toEqual({ accepted: [], refused: [] });
  expect(error).toBeInstanceOf(TransientError);
});

test('when a PutEvents call throws an unknown error, publishing returns a transient error', async () => {
  const { publisher } = publisherAnswered([new TypeError('undefined is not a function')], 0);

  expect((await publisher.publish(someEvents(1))).error).toBeInstanceOf(TransientError);
});

test('when some PutEvents calls fail with a transient error and one with a deployment error, the deployment error is returned', async () => {
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  const { publisher } = publisherAnswered([new Error('lost'), denied, new Error('lost')], 0);

  expect((await publisher.publish(someEvents(30))).error).toBeInstanceOf(DeploymentError);
});

/** Generates any response to one entry, valid or not. */
const answerToOne: fc.Arbitrary<Answer> = fc.record(
  {
    FailedEntryCount: fc.nat(2),
    Entries: fc.array(
      fc.record(
        {
          EventId: fc.constantFrom('id', ''),
          ErrorCode: fc.constantFrom('', 'InternalFailure', 'InvalidArgument', 'AccessDeniedException'),
        },
        { requiredKeys: [] },
      ),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: [] },
);

test("an event counts as accepted only if EventBridge's response has an event id and no failure for the event", async () => {
  const publishing = fc.asyncProperty(answerToOne, async (answer) => {
    const [entry, ...others] = answer.Entries ?? [];
    const confirmed =
      Boolean(entry?.EventId) && !entry?.ErrorCode && others.length === 0 && !answer.FailedEntryCount;

    const { publisher } = publisherAnswered([answer], 0);
    expect((await publisher.publish(someEvents(1))).accepted).toEqual(confirmed ? [0] : []);

    for (const event of [someOperationalEvent, someWorkflowEvent]) {
      const notified = publisherAnswered([answer], 0).publish(event);
      if (confirmed) await notified;
      else await expect(notified).rejects.toSatisfy(isRunError);
    }
  });
  await fc.assert(publishing, { numRuns: 500 });
});
