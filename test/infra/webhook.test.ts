import { Match } from 'aws-cdk-lib/assertions';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { SettingsError } from '../../infra/read-settings.ts';
import { largestSettings } from './largest-settings.ts';
import { appWithStacks, synthesize, synthesizeAll } from './synthesize.ts';

describe('the webhook', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('the webhook function is created only when the settings switch the webhook on', () => {
    synthesize().notifier.resourceCountIs('AWS::Lambda::Url', 0);
    synthesize({ webhook: true }).notifier.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE' });
  });

  it('anybody may call the function URL of the webhook, for which Lambda needs two permissions', () => {
    const { notifier } = synthesize({ webhook: true });
    notifier.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunctionUrl',
      FunctionUrlAuthType: 'NONE',
      Principal: '*',
    });
    notifier.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      InvokedViaFunctionUrl: true,
      Principal: '*',
    });
  });

  it('the webhook function reserves concurrency only when `webhookConcurrency` is set', () => {
    synthesize({ webhook: true, webhookConcurrency: 3 }).notifier.hasResourceProperties(
      'AWS::Lambda::Function',
      {
        ReservedConcurrentExecutions: 3,
      },
    );
    synthesize({ webhook: true }).notifier.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('webhook'),
      ReservedConcurrentExecutions: Match.absent(),
    });
  });

  it('the notifier stack has an alarm about a failing webhook only when the webhook is switched on', () => {
    const { notifier } = synthesize({ webhook: true });
    const [[id] = []] = Object.entries(
      notifier.findResources('AWS::Lambda::Function', {
        Properties: { Description: Match.stringLikeRegexp('webhook') },
      }),
    );
    notifier.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('webhook-failing'),
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }],
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
    expect(JSON.stringify(synthesize().notifier.toJSON())).not.toContain('webhook-failing');
  });

  it("the notifier stack has an alarm for calls that the webhook refuses, based on Lambda's metric `Url4xxCount`", () => {
    synthesize({ webhook: true }).notifier.hasResourceProperties('AWS::CloudWatch::Alarm', {
      AlarmDescription: Match.stringLikeRegexp('webhook-refused'),
      Namespace: 'AWS/Lambda',
      MetricName: 'Url4xxCount',
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: Match.stringLikeRegexp('^WebhookFunction') } }],
      Statistic: 'Sum',
      Threshold: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  it('Lambda writes no log line about a successful call of the webhook, because anybody can call the webhook', () => {
    synthesize({ webhook: true }).notifier.hasResourceProperties('AWS::Lambda::Function', {
      Description: Match.stringLikeRegexp('webhook'),
      LoggingConfig: { LogFormat: 'JSON', SystemLogLevel: 'WARN' },
    });
  });

  it.each(['ap-south-2', 'eu-central-2', 'me-central-1'])(
    'in the Region %s, which has no Lambda function URLs, the setting `webhook` is refused with an error that names the setting',
    (region) => {
      vi.stubEnv('CDK_DEFAULT_REGION', region);
      expect(() => appWithStacks({ webhook: true })).toThrow(SettingsError);
      expect(() => appWithStacks({ webhook: true })).toThrow(new RegExp(`^webhook: .*${region}`));
      expect(() => appWithStacks({})).not.toThrow();
    },
  );

  it('the setting `webhook` is accepted in a Region that has Lambda function URLs', () => {
    vi.stubEnv('CDK_DEFAULT_REGION', 'eu-central-1');
    expect(() => appWithStacks({ webhook: true })).not.toThrow();
  });
});

it('no Lambda function reserves concurrency by default, because a new account has no concurrency to reserve', () => {
  for (const template of Object.values(synthesizeAll(largestSettings))) {
    template.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { ReservedConcurrentExecutions: Match.anyValue() },
      0,
    );
  }
});
