import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { ALARMS, METRICS } from '../../bench/cost-model.ts';
import { metricNames } from '../../functions/contract/names.ts';
import { appWithStacks, synthesize } from './synthesize.ts';

const Alarms = z.record(
  z.string(),
  z.object({
    Properties: z.object({
      AlarmDescription: z.string(),
      AlarmActions: z.optional(z.array(z.unknown())),
      TreatMissingData: z.string(),
      Period: z.number(),
      EvaluationPeriods: z.number(),
      DatapointsToAlarm: z.optional(z.number()),
      Namespace: z.string(),
    }),
  }),
);

function alarmsOf(settings: Parameters<typeof synthesize>[0] = {}) {
  return alarmsIn(synthesize(settings).notifier);
}

function alarmsIn(template: Template) {
  const found = Alarms.parse(template.findResources('AWS::CloudWatch::Alarm'));
  return Object.entries(found).map(([id, { Properties }]) => ({ id, ...Properties }));
}

/** Returns the templates of all consumers' stacks. Each stack has a dead-letter queue. */
function consumerTemplates(settings: Parameters<typeof synthesize>[0] = {}) {
  const secret = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:Slack-AbCdEf';
  const slack = {
    name: 'learning',
    events: ['CourseCompleted'],
    via: { way: 'incoming-webhook' as const, url: secret },
  };
  const { consumers } = appWithStacks(
    {
      certificates: {},
      slack: [slack, { ...slack, name: 'daily', digestAt: '17:00' }],
      endpoints: [
        {
          name: 'crm',
          events: ['CourseCompleted'],
          url: 'https://crm.example.com/events',
          authorization: { type: 'header', header: 'x-api-key', value: secret },
        },
      ],
      ...settings,
    },
    { builtinCloudFormationValidation: false },
  );
  return consumers.map((stack) => Template.fromStack(stack));
}

const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:alarms';
const TOPIC_PARAMETER = '/schoolbell/Schoolbell/alarm-topic';

/** Returns the template's parameter that CloudFormation fills with the ARN of the topic. */
function topicParameterOf(template: Template): string | undefined {
  return Object.keys(template.findParameters('*', { Default: TOPIC_PARAMETER }))[0];
}

/** Returns the anchors of a Markdown file's headings. */
function anchorsOf(file: string): string[] {
  const headings = readFileSync(join(import.meta.dirname, '../..', file), 'utf8').matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^a-z -]/g, '')
      .replaceAll(' ', '-'),
  );
}

it('the description of each alarm says what it means for learners and links to an existing section of the runbook', () => {
  const anchors = anchorsOf('docs/runbook.md');
  const alarms = [...alarmsOf(), ...consumerTemplates().flatMap(alarmsIn)];
  expect(alarms.length).toBeGreaterThanOrEqual(6);
  for (const { AlarmDescription } of alarms) {
    const [, section] = /docs\/runbook\.md#([a-z-]+)$/.exec(AlarmDescription) ?? [];
    expect(AlarmDescription).toMatch(/learner|customer|certificate/);
    expect(anchors).toContain(section);
  }
});

it('the alarm NotDispatching is the only alarm that goes off when its metric has no data', () => {
  const silent = alarmsOf().filter(({ TreatMissingData }) => TreatMissingData === 'breaching');
  expect(silent.map(({ id }) => id)).toEqual([expect.stringContaining('NotDispatching')]);
});

it('each alarm notifies nobody, an SNS topic or an e-mail address, depending on the setting `alarms`', () => {
  expect(alarmsOf().every(({ AlarmActions }) => AlarmActions === undefined)).toBe(true);
  for (const alarms of [TOPIC, 'ops@example.com']) {
    const { state, notifier } = synthesize({ alarms });
    const notified = alarmsIn(notifier).map(({ AlarmActions }) => AlarmActions);
    expect(new Set(notified.map((actions) => JSON.stringify(actions)))).toEqual(
      new Set([JSON.stringify([{ Ref: topicParameterOf(notifier) }])]),
    );
    state.hasResourceProperties('AWS::SSM::Parameter', {
      Name: TOPIC_PARAMETER,
      Value: alarms === TOPIC ? TOPIC : { Ref: Match.stringLikeRegexp('^AlarmTopic') },
    });
  }
  synthesize().state.resourceCountIs('AWS::SNS::Subscription', 0);
  synthesize({ alarms: 'ops@example.com' }).state.hasResourceProperties('AWS::SNS::Subscription', {
    Protocol: 'email',
    Endpoint: 'ops@example.com',
  });
});

it('the policy of the alarm topic, which replaces the default policy of SNS, allows CloudWatch to publish alarms', () => {
  synthesize({ alarms: 'ops@example.com' }).state.hasResourceProperties('AWS::SNS::TopicPolicy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: 'sns:Publish',
          Effect: 'Allow',
          Principal: { Service: 'cloudwatch.amazonaws.com' },
        }),
      ]),
    },
  });
});

it('the alarms of consumers publish to the topic of the setting `alarms`', () => {
  for (const template of consumerTemplates({ alarms: TOPIC })) {
    for (const { AlarmActions } of alarmsIn(template)) {
      expect(AlarmActions).toEqual([{ Ref: topicParameterOf(template) }]);
    }
  }
});

it.each([1, 15, 360])(
  'the alarm about a deployment error stays in ALARM until the next dispatch, with a poll every %i minutes',
  (pollEveryMinutes) => {
    const alarm = alarmsOf({ pollEveryMinutes }).find(({ id }) => id.includes('DeploymentError'));
    expect(alarm).toMatchObject({ Period: 60, DatapointsToAlarm: 1 });
    // Dispatch writes the metric of this error once per poll interval, and may be up to five minutes late.
    expect(alarm?.EvaluationPeriods).toBeGreaterThan(5 + pollEveryMinutes);
  },
);

it('the alarms about missed changes and set-aside items stay in ALARM for a day, because their metrics are written once', () => {
  for (const name of ['ChangesMissed', 'SetAside']) {
    const alarm = alarmsOf().find(({ id }) => id.includes(name));
    expect(alarm).toMatchObject({ Period: 3600, EvaluationPeriods: 24, DatapointsToAlarm: 1 });
  }
});

it('no alarm has an evaluation range of more than one day, which is the maximum of CloudWatch', () => {
  for (const { Period, EvaluationPeriods } of alarmsOf({ pollEveryMinutes: 360 })) {
    expect(Period * EvaluationPeriods).toBeLessThanOrEqual(24 * 60 * 60);
  }
});

it('the cost model counts as many alarms and metrics as the template and the functions have', () => {
  expect(alarmsOf()).toHaveLength(ALARMS);
  const always = Object.values(metricNames).filter((name) => !/^(Webhooks|Certificate)/.test(name));
  expect(always).toHaveLength(METRICS);
});

it('the alarms and the dashboard use only metrics that a function writes', () => {
  const { notifier } = synthesize({ webhook: true });
  const template = JSON.stringify(notifier.toJSON()).replaceAll('\\', '');
  const written: string[] = Object.values(metricNames);
  const inAlarms = template.matchAll(/"MetricName":"([A-Za-z]+)","Namespace":"Schoolbell"/g);
  const onDashboard = template.matchAll(/\["Schoolbell","([A-Za-z]+)"/g);
  const used = [...inAlarms, ...onDashboard].map(([, name]) => name);
  expect(used.length).toBeGreaterThan(5);
  expect(used.filter((name) => !written.includes(name ?? ''))).toEqual([]);
});
