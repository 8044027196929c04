import { Validations } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { deliveredExample } from '../../../catalogue/examples.ts';
import { certificatePattern } from '../../../consumers/certificates/certificate-rule.ts';
import { digestQueueRules, liveRules } from '../../../consumers/channels/channel-rules.ts';
import type { SettingsInput } from '../../../infra/settings.ts';
import { matchesPattern } from '../../../local/rules/match-pattern.ts';
import { resolved } from '../../infra/resolved.ts';
import { appWithStacks } from '../../infra/synthesize.ts';

const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;
const everything = {
  certificates: { revoke: true, texts: { issuer: 'Northwind Academy' } },
  slack: [
    {
      name: 'learning',
      events: ['CourseCompleted', 'IntegrationFailing'],
      via: { way: 'incoming-webhook', url: secret('SlackUrl') },
    },
    {
      name: 'daily',
      events: ['CourseCompleted', 'ChangesHeld'],
      via: { way: 'chat.postMessage', token: secret('SlackToken'), channelId: 'C0123456789' },
      digestAt: '17:00',
      timeZone: 'Europe/Berlin',
    },
  ],
  endpoints: [
    {
      name: 'crm',
      events: ['CourseCompleted', 'CertificateIssued'],
      url: 'https://crm.example.com/events',
      authorization: { type: 'header', header: 'x-api-key', value: secret('Crm') },
    },
  ],
  schemaRegistry: true,
} satisfies SettingsInput;

function templates(settings: SettingsInput) {
  const { consumers } = appWithStacks(settings, { builtinCloudFormationValidation: false });
  return consumers.map((stack) => Template.fromStack(stack));
}
const [certificates, subscribers] = templates(everything);
if (certificates === undefined || subscribers === undefined)
  throw new Error('A stack of consumers is missing');

it('no stack of consumers is created when the settings switch on no consumer', () => {
  expect(templates({})).toEqual([]);
});

it.each([
  ['with everything on', everything],
  ['without certificates', { ...everything, certificates: undefined }],
] satisfies [string, SettingsInput][])(
  'cdk-nag finds only problems whose acceptance has a written reason in the stacks of consumers %s',
  (_, settings) => {
    const { app } = appWithStacks(settings);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  },
);

describe('the rules of consumers', () => {
  const rules = [certificates, subscribers].flatMap((template) =>
    Object.values(template.findResources('AWS::Events::Rule')),
  );
  const deployedPattern = () => {
    const [rule] = Object.values(resolved(certificates.findResources('AWS::Events::Rule')));
    const { EventPattern } = z.object({ EventPattern: z.string() }).parse(rule?.['Properties']);
    return z.record(z.string(), z.unknown()).parse(JSON.parse(EventPattern));
  };
  it('every EventBridge rule of a consumer has a dead-letter queue and a retry policy', () => {
    expect(rules.length).toBeGreaterThan(6);
    for (const rule of rules) {
      for (const target of rule['Properties'].Targets) {
        expect(target.DeadLetterConfig.Arn).toBeDefined();
        expect(target.RetryPolicy).toEqual({ MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 86_400 });
      }
    }
  });
  it('the EventBridge rule of the certificates function ignores events from another account', () => {
    const event = deliveredExample('CourseCompleted');
    expect(matchesPattern(deployedPattern(), event)).toBe(true);
    expect(matchesPattern(deployedPattern(), { ...event, account: '210987654321' })).toBe(false);
  });
  it('the deployed EventBridge rules of certificates and Slack have the same patterns as the rules on one machine', () => {
    const account = '123456789012';
    const pattern = certificatePattern({ revoke: true, onErasure: 'delete', account });
    expect(deployedPattern()).toEqual(pattern);
    const learning = { name: 'learning', events: ['CourseCompleted', 'IntegrationFailing'] } as const;
    const deployed = Object.values(subscribers.findResources('AWS::Events::Rule')).map(({ Properties }) => ({
      pattern: JSON.parse(Properties.EventPattern),
      input: Properties.Targets[0].InputTransformer,
    }));
    for (const { pattern } of liveRules(learning)) {
      expect(deployed).toContainEqual({ pattern, input: undefined });
    }
    const daily = { name: 'daily', events: ['CourseCompleted', 'ChangesHeld'] } as const;
    for (const { pattern, transformer } of digestQueueRules(daily)) {
      const input = { InputPathsMap: transformer?.inputPathsMap, InputTemplate: transformer?.inputTemplate };
      expect(deployed).toContainEqual({ pattern, input });
    }
  });
});

it('the bucket of certificates is private and retained, and the certificates function has the settings of its deployment', () => {
  certificates.hasResource('AWS::S3::Bucket', {
    DeletionPolicy: 'Retain',
    Properties: { PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true } },
  });
  certificates.hasResourceProperties('AWS::S3::Bucket', {
    VersioningConfiguration: Match.absent(),
    LifecycleConfiguration: {
      Rules: [
        {
          ExpiredObjectDeleteMarker: true,
          NoncurrentVersionExpiration: { NoncurrentDays: 1 },
          Status: 'Enabled',
        },
      ],
    },
  });
  certificates.hasResourceProperties('AWS::Lambda::Function', {
    Environment: {
      Variables: {
        REVOKE: 'true',
        ON_ERASURE: 'delete',
        CERTIFICATE_TEXTS: Match.stringLikeRegexp('Northwind Academy'),
      },
    },
  });
});

it("the function of a Slack channel has the id of its channel's secret and may read this secret", () => {
  for (const variables of [
    { SLACK_SECRET_ID: secret('SlackUrl') },
    { SLACK_SECRET_ID: secret('SlackToken'), SLACK_CHANNEL_ID: 'C0123456789' },
  ]) {
    subscribers.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike(variables) },
    });
    subscribers.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'secretsmanager:GetSecretValue',
            Resource: variables.SLACK_SECRET_ID,
          }),
        ]),
      },
    });
  }
  const connections = Object.values(subscribers.findResources('AWS::Events::Connection'));
  expect(JSON.stringify(connections)).not.toContain('Slack');
});
it("the digest of a channel is scheduled at `digestAt` in the channel's time zone", () => {
  subscribers.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 17 * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
  });
});

it.each([
  [
    { slack: [{ ...everything.slack[0], events: ['CourseFinished'] }] },
    /slack\.0\.events\.0: .*docs\/events\.md/,
  ],
  [
    { endpoints: [{ ...everything.endpoints[0], url: 'http://crm.example.com' }] },
    /endpoints\.0\.url: .*HTTPS/,
  ],
  [{ certificates: { revokes: true } }, /certificates: .*revokes/],
  [{ slack: [{ ...everything.slack[0], digestAt: '5pm' }] }, /digestAt: is not a time/],
])(
  'a wrong setting of a consumer is refused with a line that names the setting (case %#)',
  (settings, line) => {
    expect(() => templates(Object(settings))).toThrow(line);
  },
);
