import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { RETRY_BUDGET as SLACK } from '../../consumers/slack/slack.ts';
import { RETRY_BUDGET as EVENTBRIDGE } from '../../functions/adapters/eventbridge/send-batch.ts';
import { RETRY_BUDGET as KOMBO } from '../../functions/adapters/kombo/with-retries.ts';
import { AWS_CLIENT } from '../../functions/aws-client.ts';
import { CertificateDesk, type Step } from '../consumers/certificates/certificate-desk.ts';
import { randomHistory } from '../consumers/certificates/random-history.ts';
import { delivered } from '../consumers/certificates/some-history.ts';
import { largestSettings } from './largest-settings.ts';
import { synthesizeAll } from './synthesize.ts';

const Id = z.union([
  z.pipe(
    z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
    z.transform((found) => found['Fn::GetAtt'][0]),
  ),
  z.pipe(
    z.object({ Ref: z.string() }),
    z.transform(({ Ref }) => Ref),
  ),
]);
const Mapping = z.object({ EventSourceArn: Id, FunctionName: Id, BatchSize: z.number() });
const Queue = z.object({
  VisibilityTimeout: z.number(),
  RedrivePolicy: z.object({ maxReceiveCount: z.number() }),
});
const LambdaFunction = z.object({ Timeout: z.number() });

/**
 * A function that a queue invokes, with the timeout of the function and the visibility timeout of the queue
 * in seconds.
 */
type FedFunction = {
  name: string;
  timeout: number;
  batch: number;
  hidden: number;
  tries: number;
};

const templates = Object.values(synthesizeAll(largestSettings));

/** Returns each function that a queue invokes, in all stacks that the settings can switch on. */
function fedFunctions(): FedFunction[] {
  return templates.flatMap((template) => {
    const properties = (id: string): unknown => template.toJSON()['Resources'][id]['Properties'];
    return Object.values(template.findResources('AWS::Lambda::EventSourceMapping')).map(({ Properties }) => {
      const mapping = Mapping.parse(Properties);
      const queue = Queue.parse(properties(mapping.EventSourceArn));
      const called = LambdaFunction.parse(properties(mapping.FunctionName));
      return {
        name: mapping.FunctionName,
        timeout: called.Timeout,
        batch: mapping.BatchSize,
        hidden: queue.VisibilityTimeout,
        tries: queue.RedrivePolicy.maxReceiveCount,
      };
    });
  });
}

const functions = fedFunctions();
const HALF_AN_HOUR = 30 * 60;

function functionOf(begin: string): FedFunction {
  const found = functions.find(({ name }) => name.startsWith(begin));
  if (found === undefined) throw new Error(`No function has a name that begins with ${begin}`);
  return found;
}

/**
 * Returns the times in seconds at which a message is received. The message arrives at 0, and each attempt
 * fails at once and hides the message for the visibility timeout.
 */
function triesOf({ hidden, tries }: { hidden: number; tries: number }): number[] {
  return Array.from({ length: tries }, (_, at) => at * hidden);
}

it('the functions that a queue invokes are poll, replay, certificates, digests and one function per Slack channel', () => {
  const names = functions.map(({ name }) => name.replace(/Function.*/, ''));
  expect(names.filter((name) => !name.startsWith('Slack'))).toEqual([
    'Poll',
    'Replay',
    'Certificates',
    'Digests',
  ]);
  expect(names.filter((name) => name.startsWith('Slack'))).toHaveLength(20);
});

it('each queue that invokes a function has a visibility timeout of at least six function timeouts and at least five deliveries', () => {
  // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  for (const { name, timeout, hidden, tries } of functions) {
    expect(hidden, name).toBeGreaterThanOrEqual(6 * timeout);
    expect(tries, name).toBeGreaterThanOrEqual(5);
  }
});

it('no message becomes a dead letter when Kombo or EventBridge fails for half an hour', () => {
  fc.assert(
    fc.property(fc.constantFrom(...functions), fc.nat(HALF_AN_HOUR), (fed, arrives) => {
      const successful = triesOf(fed).find((at) => arrives + at > HALF_AN_HOUR);
      expect(successful, fed.name).toBeDefined();
    }),
  );
});

describe('the retries of a digest', () => {
  const digest = functionOf('Digests');
  /** The queues in which the events of each channel wait for its digest. */
  const collected = templates.flatMap((template) =>
    Object.entries(template.findResources('AWS::SQS::Queue')).flatMap(([id, { Properties }]) => {
      if (!/^Slack.*DigestQueue/.test(id)) return [];
      const queue = Queue.parse(Properties);
      return [{ hidden: queue.VisibilityTimeout, tries: queue.RedrivePolicy.maxReceiveCount }];
    }),
  );

  it('each Slack channel with a digest has a queue for the events of the digest', () =>
    expect(collected).toHaveLength(5));

  it('a digest that fails is attempted again within 15 minutes, and for the last time more than 30 minutes after the first attempt', () => {
    const [, second = Number.POSITIVE_INFINITY] = triesOf(digest);
    expect(second).toBeLessThanOrEqual(15 * 60);
    expect(triesOf(digest).at(-1)).toBeGreaterThan(HALF_AN_HOUR);
  });

  it('when the second attempt of a digest starts, all messages of its failed first attempt are visible again, even the last ones that it received', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...collected),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ hidden }, failed, received) => {
          const failedAt = failed * digest.timeout;
          const receivedAt = received * failedAt;
          const visibleAt = receivedAt + hidden;
          // A message that the failed first attempt received must stay hidden until the function's timeout
          // has passed, and must be visible when the second attempt begins.
          expect(visibleAt).toBeGreaterThanOrEqual(digest.timeout);
          expect(visibleAt).toBeLessThanOrEqual(triesOf(digest)[1] ?? 0);
        },
      ),
    );
  });

  it('an event stays in the queue of a digest even when all attempts of two digests fail', () => {
    for (const { tries } of collected) expect(tries).toBeGreaterThan(2 * digest.tries);
  });
});

const { attempts, attemptMs } = {
  attempts: AWS_CLIENT.maxAttempts,
  attemptMs: AWS_CLIENT.requestHandler.connectionTimeout + AWS_CLIENT.requestHandler.requestTimeout,
};
/**
 * The duration of a call to AWS in which every attempt times out, with the longest waits of the SDK between
 * the attempts (half a second, doubled after each attempt).
 */
const callMs = attempts * attemptMs + 500 * (2 ** (attempts - 1) - 1);

it('the function of a Slack channel has enough time for a batch of messages when all services take their maximum time', () => {
  const postMs = SLACK.attempts * SLACK.attemptMs + (SLACK.attempts - 1) * SLACK.longestWaitMs;
  for (const { name, batch, timeout } of functions.filter(({ name }) => name.startsWith('Slack'))) {
    expect(batch * (callMs + postMs), name).toBeLessThanOrEqual(timeout * 1000);
  }
});

describe('the time of the certificates function', () => {
  /**
   * The assumed time to draw a certificate in milliseconds. It is more than ten times the measured time,
   * which is less than a second: at most 380 ms of processor time (docs/adr/0018), with half of a processor.
   */
  const drawMs = 10_000;
  const worstMs: Record<Step, number> = {
    read: callMs,
    replace: callMs,
    has: callMs,
    add: callMs,
    remove: callMs,
    // The time to read the key from Secrets Manager, and then the maximum time of a request to Kombo.
    kombo: callMs + KOMBO.totalMs,
    draw: drawMs,
    // The last attempt may begin shortly before the time for attempts ends.
    tell: EVENTBRIDGE.budgetMs + callMs,
  };

  it('the certificates function has enough time for a batch of events when all services take their maximum time', async () => {
    const certificates = functionOf('Certificates');
    const policies = fc.record({
      revoke: fc.boolean(),
      onErasure: fc.constantFrom('keep' as const, 'delete' as const),
    });
    let longestMs = 0;
    await fc.assert(
      fc.asyncProperty(randomHistory, policies, async (history, policy) => {
        const desk = new CertificateDesk(undefined, policy);
        for (const event of history) {
          let spentMs = 0;
          const before = (step: Step) => {
            spentMs += worstMs[step];
          };
          desk.interference = { before, after: () => {} };
          await desk.take(delivered(event));
          longestMs = Math.max(longestMs, spentMs);
          expect(spentMs * certificates.batch).toBeLessThanOrEqual(certificates.timeout * 1000);
        }
      }),
    );
    // The random histories must contain events that need many calls, because these events take the most time.
    expect(longestMs).toBeGreaterThan(worstMs.kombo + worstMs.tell + 5 * callMs);
  });
});
