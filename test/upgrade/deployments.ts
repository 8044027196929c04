import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Certificates, Endpoint, Schoolbell, SchoolbellState, SlackChannel } from '../../infra/index.ts';
import type { SettingsInput } from '../../infra/settings.ts';
import { OPTIONS } from '../infra/changes/options.ts';
import { appWithStacks } from '../infra/synthesize.ts';

const QUICK = {
  // One folder for all deployments, so that the CDK copies the fonts only once.
  outdir: mkdtempSync(join(tmpdir(), 'schoolbell-upgrade-')),
  builtinCloudFormationValidation: false,
  treeMetadata: false,
};

/**
 * The deployments whose templates are stored for each release: one with the default settings, one with all
 * options switched on, and an application of a user with each construct.
 */
export const DEPLOYMENTS: Record<string, () => Stack[]> = {
  small: () => withSettings({}),
  large: () =>
    withSettings({
      name: 'Large',
      ...Object.assign(
        {},
        ...OPTIONS.filter(({ name }) => name !== 'keepState').map(({ values }) => values.at(-1)),
      ),
      adopt: {},
    }),
  constructs: withConstructs,
};

function withSettings(settings: SettingsInput): Stack[] {
  const { state, notifier, consumers } = appWithStacks(settings, QUICK);
  return [state, notifier, ...consumers];
}

function withConstructs(): Stack[] {
  const app = new App({ ...QUICK, context: { 'aws:cdk:bundling-stacks': [] } });
  const state = new Stack(app, 'LearningState');
  new SchoolbellState(state, 'State', { name: 'Academy' });
  const stack = new Stack(app, 'Learning');
  const schoolbell = new Schoolbell(stack, 'Schoolbell', { webhook: true });
  schoolbell.onEvent('CourseCompleted', { consumer: 'badges' }, new Queue(stack, 'Badges'));
  new Certificates(stack, 'Certificates', { schoolbell });
  const secret = (id: string) =>
    Secret.fromSecretCompleteArn(
      stack,
      id,
      `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${id}-AbCdEf`,
    );
  new SlackChannel(stack, 'Slack', {
    schoolbell,
    name: 'learning',
    events: ['CourseCompleted'],
    digestAt: '17:00',
    via: { way: 'incoming-webhook', url: secret('SlackUrl') },
  });
  new Endpoint(stack, 'Crm', {
    schoolbell,
    name: 'crm',
    events: ['CourseCompleted'],
    url: 'https://crm.example.com/events',
    authorization: { type: 'header', header: 'x-api-key', value: secret('CrmKey') },
  });
  return [state, stack];
}
