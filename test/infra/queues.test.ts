import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { largeSettings } from './largest-settings.ts';
import { synthesizeAll } from './synthesize.ts';

const Named = z.pipe(
  z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
  z.transform((found) => found['Fn::GetAtt'][0]),
);
const Queue = z.object({
  MessageRetentionPeriod: z.number(),
  VisibilityTimeout: z._default(z.number(), 30),
  RedrivePolicy: z.optional(z.object({ deadLetterTargetArn: Named, maxReceiveCount: z.number() })),
});
const Target = z.object({
  Arn: z.unknown(),
  DeadLetterConfig: z.object({ Arn: Named }),
  RetryPolicy: z.object({ MaximumEventAgeInSeconds: z.number(), MaximumRetryAttempts: z.number() }),
});
const Invocation = z.object({
  FunctionName: z.object({ Ref: z.string() }),
  DestinationConfig: z.object({ OnFailure: z.object({ Destination: Named }) }),
  MaximumEventAgeInSeconds: z.number(),
  MaximumRetryAttempts: z.number(),
});
const Alarm = z.object({
  MetricName: z.string(),
  Dimensions: z.optional(z.array(z.object({ Name: z.string(), Value: z.unknown() }))),
  Threshold: z.number(),
  TreatMissingData: z.string(),
});
const Properties = z.object({ Properties: z.unknown() });
type Template = ReturnType<typeof synthesizeAll>[string];

function all<Parsed>(template: Template, type: string, schema: z.ZodMiniType<Parsed>): [string, Parsed][] {
  return Object.entries(template.findResources(type)).map(([id, resource]) => [
    id,
    schema.parse(Properties.parse(resource).Properties),
  ]);
}

function alarmsOf(template: Template, queue: string) {
  const name = JSON.stringify({ 'Fn::GetAtt': [queue, 'QueueName'] });
  return all(template, 'AWS::CloudWatch::Alarm', Alarm).flatMap(([, alarm]) =>
    alarm.Dimensions?.some(({ Value }) => JSON.stringify(Value) === name) ? [alarm] : [],
  );
}

const targetsOf = (template: Template) => [
  ...all(template, 'AWS::Events::Rule', z.object({ Targets: z.array(Target) })).flatMap(
    ([, { Targets }]) => Targets,
  ),
  ...all(template, 'AWS::Scheduler::Schedule', z.object({ Target })).map(([, schedule]) => schedule.Target),
];
const invocationsOf = (template: Template) =>
  all(template, 'AWS::Lambda::EventInvokeConfig', Invocation).map(([, invocation]) => invocation);

const DAY = 24 * 60 * 60;

describe.each(largeSettings)('a deployment with %s', (_, settings) => {
  const templates = Object.values(synthesizeAll({ ...settings, behindMinutes: 7 * 24 * 60 }));

  // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/setting-up-dead-letter-queue-retention.html
  it('each queue keeps messages for 14 days, the maximum of SQS, and so does the queue of its dead letters, whose time begins in the first queue', () => {
    for (const template of templates) {
      const queues = new Map(all(template, 'AWS::SQS::Queue', Queue));
      for (const [id, { MessageRetentionPeriod, RedrivePolicy }] of queues) {
        expect(MessageRetentionPeriod, id).toBe(14 * DAY);
        if (RedrivePolicy) expect([...queues.keys()]).toContain(RedrivePolicy.deadLetterTargetArn);
      }
    }
  });

  it('each queue is a queue of dead letters or has one', () => {
    for (const template of templates) {
      const queues = all(template, 'AWS::SQS::Queue', Queue);
      const deadLetters = new Set([
        ...queues.map(([, { RedrivePolicy }]) => RedrivePolicy?.deadLetterTargetArn),
        ...targetsOf(template).map(({ DeadLetterConfig }) => DeadLetterConfig.Arn),
        ...invocationsOf(template).map(({ DestinationConfig }) => DestinationConfig.OnFailure.Destination),
      ]);
      for (const [id, { RedrivePolicy }] of queues) {
        expect(RedrivePolicy === undefined, id).toBe(deadLetters.has(id));
      }
    }
  });

  it('each queue of dead letters has an alarm that goes off at the first message', () => {
    for (const template of templates) {
      for (const [id, { RedrivePolicy }] of all(template, 'AWS::SQS::Queue', Queue)) {
        if (RedrivePolicy !== undefined) continue;
        expect(alarmsOf(template, id), id).toEqual([
          expect.objectContaining({
            MetricName: 'ApproximateNumberOfMessagesVisible',
            Threshold: 1,
            TreatMissingData: 'notBreaching',
          }),
        ]);
      }
    }
  });

  it('each other queue has an alarm on the age of its oldest message, which goes off after all attempts for a message and at least a week before SQS deletes it', () => {
    for (const template of templates) {
      for (const [id, queue] of all(template, 'AWS::SQS::Queue', Queue)) {
        // A person starts a replay and sees its progress, and can continue it when its message is lost.
        if (queue.RedrivePolicy === undefined || id.startsWith('ReplayQueue')) continue;
        const [alarm, ...others] = alarmsOf(template, id);
        expect(others).toEqual([]);
        expect(alarm, id).toMatchObject({
          MetricName: 'ApproximateAgeOfOldestMessage',
          TreatMissingData: 'notBreaching',
        });
        const attempts = queue.VisibilityTimeout * queue.RedrivePolicy.maxReceiveCount;
        expect(alarm?.Threshold, id).toBeGreaterThan(attempts);
        expect(alarm?.Threshold, id).toBeLessThanOrEqual(7 * DAY);
      }
    }
  });

  it('each target of a rule or schedule is retried and then sent to a queue of dead letters', () => {
    for (const target of templates.flatMap(targetsOf)) {
      expect(target.RetryPolicy.MaximumRetryAttempts).toBeGreaterThan(0);
      expect(target.RetryPolicy.MaximumEventAgeInSeconds).toBeLessThanOrEqual(DAY);
    }
  });

  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
  it('each function that a rule or schedule calls has a destination for failed calls, and an event age that Lambda allows', () => {
    for (const template of templates) {
      const functions = new Set(Object.keys(template.findResources('AWS::Lambda::Function')));
      const called = targetsOf(template).flatMap(({ Arn }) => {
        const { data } = Named.safeParse(Arn);
        return data !== undefined && functions.has(data) ? [data] : [];
      });
      const configured = invocationsOf(template);
      expect(configured.map(({ FunctionName }) => FunctionName.Ref)).toEqual([...new Set(called)]);
      for (const { MaximumEventAgeInSeconds } of configured) {
        expect(MaximumEventAgeInSeconds).toBeGreaterThanOrEqual(60);
        expect(MaximumEventAgeInSeconds).toBeLessThanOrEqual(6 * 60 * 60);
      }
    }
  });
});
