import { Match } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { Environment } from '../../functions/contract/environment.ts';
import { synthesize } from './synthesize.ts';

const Functions = z.record(
  z.string(),
  z.object({
    Properties: z.object({
      Description: z.string(),
      Runtime: z.string(),
      Architectures: z.array(z.string()),
      TracingConfig: z.object({ Mode: z.string() }),
      Timeout: z.number(),
      RecursiveLoop: z.string(),
      ReservedConcurrentExecutions: z.optional(z.number()),
      Environment: z.object({ Variables: z.record(z.string(), z.unknown()) }),
    }),
  }),
);

function functionsOf(settings: Parameters<typeof synthesize>[0] = {}) {
  const found = synthesize(settings).notifier.findResources('AWS::Lambda::Function');
  return Object.entries(Functions.parse(found)).map(([id, { Properties }]) => ({ id, ...Properties }));
}

const Policies = z.record(
  z.string(),
  z.object({
    Properties: z.object({
      PolicyDocument: z.object({
        Statement: z.array(
          z.object({ Action: z.union([z.string(), z.array(z.string())]), Resource: z.unknown() }),
        ),
      }),
    }),
  }),
);

it('every function of the notifier stack runs on Node 24 and arm64, with tracing', () => {
  const functions = functionsOf({ webhook: true });
  expect(functions.map(({ id }) => id.replace(/Function.*/, '')).sort()).toEqual([
    'Dispatch',
    'Poll',
    'Replay',
    'Webhook',
  ]);
  for (const each of functions) {
    expect(each).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      TracingConfig: { Mode: 'Active' },
    });
  }
});

it('the detection of recursive loops is switched off only for the poll and replay functions', () => {
  for (const each of functionsOf({ webhook: true })) {
    expect(each.RecursiveLoop).toBe(/^(Poll|Replay)/.test(each.id) ? 'Allow' : 'Terminate');
  }
});

it('the template sets every environment variable that the poll function reads', () => {
  const poll = functionsOf().find(({ id }) => id.startsWith('Poll'));
  expect(Object.keys(poll?.Environment.Variables ?? {})).toEqual(
    expect.arrayContaining(Object.keys(Environment.shape)),
  );
});

it('the poll function receives one message per call, and the visibility timeout of its queue is six times its own timeout', () => {
  const { notifier } = synthesize({ pollConcurrency: 7 });
  notifier.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 1,
    ScalingConfig: { MaximumConcurrency: 7 },
  });
  const timeout = functionsOf().find(({ id }) => id.startsWith('Poll'))?.Timeout ?? 0;
  notifier.hasResourceProperties('AWS::SQS::Queue', {
    VisibilityTimeout: timeout * 6,
    RedrivePolicy: Match.objectLike({ maxReceiveCount: 5 }),
  });
});

it('the schedule of dispatch sends failed calls to a dead-letter queue', () => {
  synthesize({ pollEveryMinutes: 5 }).notifier.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(5 minutes)',
    Target: Match.objectLike({ DeadLetterConfig: Match.anyValue() }),
  });
});

it('the log groups of the notifier stack have the retention of the setting `logRetentionDays`', () => {
  synthesize({ logRetentionDays: 7 }).notifier.allResourcesProperties('AWS::Logs::LogGroup', {
    RetentionInDays: 7,
  });
});

it('no IAM policy of the notifier stack has a wildcard in an action, and only permissions for X-Ray apply to all resources', () => {
  const found = synthesize({ webhook: true }).notifier.findResources('AWS::IAM::Policy');
  const statements = Object.values(Policies.parse(found)).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement,
  );
  for (const { Action, Resource } of statements) {
    const actions = [Action].flat();
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
    if (Resource === '*') expect(actions.every((action) => action.startsWith('xray:'))).toBe(true);
  }
});
