import { CfnResource, Validations } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { expect, it } from 'vitest';
import type { SettingsInput } from '../../infra/settings.ts';
import { largestSettings } from './largest-settings.ts';
import { appWithStacks } from './synthesize.ts';

const everything: SettingsInput = {
  webhook: true,
  alarms: 'ops@example.com',
  integrations: ['moodle:7C9M5sXAQx2cNMpVHLojrFpL'],
};
const adopted: SettingsInput = {
  bus: 'arn:aws:events:eu-central-1:123456789012:event-bus/company',
  adopt: {
    table: 'SchoolbellState-Table',
    komboSecret: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:KomboSecret-AbCdEf',
  },
  alarms: 'arn:aws:sns:eu-central-1:123456789012:alarms',
};

it.each([
  // These settings come first, because they have all types of resources. Then the CDK loads its rules only
  // once.
  ['with the largest settings', largestSettings],
  ['with the default settings', {}],
  ['with the webhook, alarms by e-mail and an integration', everything],
  ['with resources of an earlier deployment', adopted],
  ['with learner details', { learnerDetails: 'include' }],
] satisfies [string, SettingsInput][])(
  "cdk-nag and the CDK's validation find no problem, except those accepted with a written reason, in the stacks %s",
  (_, settings) => {
    const { app } = appWithStacks(settings);
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    expect(() => app.synth()).not.toThrow();
  },
);

it('cdk-nag refuses a queue that accepts plain HTTP', () => {
  const { app, notifier } = appWithStacks({});
  new Queue(notifier, 'Open');
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  expect(() => app.synth()).toThrow('AwsSolutions-SQS4');
});

it("the CDK's validation refuses a property that CloudFormation does not have", () => {
  const { app, notifier } = appWithStacks({});
  new CfnResource(notifier, 'Odd', { type: 'AWS::SQS::Queue', properties: { Colour: 'blue' } });
  expect(() => app.synth()).toThrow('Colour');
});
