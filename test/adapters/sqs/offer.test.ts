import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createQueue } from '../../../functions/adapters/sqs/queue.ts';
import type { PollMessage } from '../../../functions/contract/messages.ts';
import { DeploymentError, TransientError } from '../../../functions/core/errors.ts';
import { type LocalQueueAndSecrets, startLocalQueue } from '../../support/local-queue.ts';

let queue: LocalQueueAndSecrets;
let client: SQSClient;
beforeEach(async () => {
  queue = await startLocalQueue({});
  const credentials = { accessKeyId: 'tested', secretAccessKey: 'tested' };
  client = new SQSClient({ endpoint: queue.endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 });
});
afterEach(() => queue.close());

const polls = (budgetMs = 60_000) =>
  createQueue<PollMessage>(client, `${queue.endpoint}/123456789012/polls`, { budgetMs, firstDelayMs: 1 });
const messages = (count: number): PollMessage[] =>
  Array.from({ length: count }, (_, at) => ({ integration: `moodle:${at}` }));
const numberOf = (message: unknown) => Number(/:(\d+)/.exec(JSON.stringify(message))?.[1]);
const sentNumbers = () =>
  queue.sent.map((message) => numberOf(message)).toSorted((one, other) => one - other);

describe('many messages to a queue that does not accept all of them', () => {
  it.each(['refused', 'unanswered'] as const)(
    'when three in ten messages are %s by SQS, all other messages are sent, and their number is returned with a transient error',
    async (fate) => {
      queue.fate = (message) => (numberOf(message) % 10 < 3 ? fate : 'taken');

      const { taken, error } = await polls().offer(messages(500));

      expect(taken).toBe(350);
      expect(error).toBeInstanceOf(TransientError);
      expect(sentNumbers()).toEqual(
        messages(500)
          .map((_, at) => at)
          .filter((at) => at % 10 >= 3),
      );
    },
  );

  it('`send` throws a transient error when SQS refuses one of 30 messages, and sends the other 29', async () => {
    queue.fate = (message) => (numberOf(message) === 7 ? 'refused' : 'taken');

    await expect(polls().send(messages(30))).rejects.toThrow(TransientError);
    expect(queue.sent).toHaveLength(29);
  });
});

it('only the messages of a batch that SQS did not accept are sent again', async () => {
  const failed = new Set<number>();
  queue.fate = (message) => {
    const number = numberOf(message);
    if (number % 3 !== 0 || failed.has(number)) return 'taken';
    failed.add(number);
    return 'refused';
  };

  expect(await polls().offer(messages(95))).toEqual({ taken: 95, error: null });
  expect(sentNumbers()).toEqual(messages(95).map((_, at) => at));
});

it('a throttled call of SQS is retried, and all messages are sent', async () => {
  queue.callErrors = ['RequestThrottled', 'RequestThrottled'];
  expect(await polls().offer(messages(95))).toEqual({ taken: 95, error: null });
});

it('a call of SQS that AWS denies is not retried, and the calls for the other messages are made', async () => {
  queue.callErrors = ['AccessDeniedException'];

  const { taken, error } = await polls().offer(messages(95));

  expect(taken).toBe(85);
  expect(error).toBeInstanceOf(DeploymentError);
});

it('when no time is left, no message is sent to the queue, and a transient error is returned', async () => {
  const { taken, error } = await polls(0).offer(messages(95));
  expect(taken).toBe(0);
  expect(error).toBeInstanceOf(TransientError);
});

describe('the delay of a message', () => {
  it.each([
    ['0 seconds by default', undefined, 0],
    ['0 seconds for a time in the past', -5_000, 0],
    ['rounded up to whole seconds', 59_001, 60],
    ['at most 15 minutes, the limit of SQS', 3_600_000, 900],
  ])('the delay of an SQS message is %s', async (_, delayMs, seconds) => {
    await polls().send(messages(1), delayMs);

    expect(queue.delays).toEqual([seconds]);
  });
});
