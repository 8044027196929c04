import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { largestSettings } from './largest-settings.ts';
import { synthesize, synthesizeAll } from './synthesize.ts';

const Roles = z.record(
  z.string(),
  z.object({
    Properties: z.object({
      AssumeRolePolicyDocument: z.object({
        Statement: z.array(
          z.object({ Principal: z.object({ Service: z.string() }), Condition: z.optional(z.unknown()) }),
        ),
      }),
    }),
  }),
);

it('EventBridge Scheduler may assume the roles for schedules only for schedules of the same account and the default group', () => {
  const trusts = Object.values(synthesizeAll(largestSettings))
    .flatMap((template) => Object.values(Roles.parse(template.findResources('AWS::IAM::Role'))))
    .flatMap(({ Properties }) => Properties.AssumeRolePolicyDocument.Statement)
    .filter(({ Principal }) => Principal.Service === 'scheduler.amazonaws.com');
  // The roles of dispatch and of the digests of all channels.
  expect(trusts).toHaveLength(2);
  for (const { Condition } of trusts) {
    expect(Condition).toEqual({
      StringEquals: {
        'aws:SourceAccount': { Ref: 'AWS::AccountId' },
        'aws:SourceArn': {
          'Fn::Join': [
            '',
            [
              'arn:',
              { Ref: 'AWS::Partition' },
              ':scheduler:',
              { Ref: 'AWS::Region' },
              ':',
              { Ref: 'AWS::AccountId' },
              ':schedule-group/default',
            ],
          ],
        },
      },
    });
  }
});

it('the schedule of dispatch is created after the policy of its role, because its first call comes at once', () => {
  const { notifier } = synthesize();
  const schedules = notifier.findResources('AWS::Scheduler::Schedule');
  const policies = Object.entries(notifier.findResources('AWS::IAM::Policy')).filter(([, { Properties }]) =>
    JSON.stringify(Properties['Roles']).includes('DispatchScheduleRole'),
  );
  expect(Object.values(schedules)).toEqual([
    expect.objectContaining({ DependsOn: expect.arrayContaining(policies.map(([id]) => id)) }),
  ]);
  expect(policies).toHaveLength(1);
});
