import { afterEach, describe, expect, it, vi } from 'vitest';
import { SettingsError } from '../../infra/read-settings.ts';
import type { SettingsInput } from '../../infra/settings.ts';
import { crm as endpoint, slackChannel } from './largest-settings.ts';
import { appWithStacks, synthesize } from './synthesize.ts';

const secret = (region: string) => `arn:aws:secretsmanager:${region}:123456789012:secret:Key-AbCdEf`;
const bus = (region: string, account = '123456789012') =>
  `arn:aws:events:${region}:${account}:event-bus/company`;
const slack = slackChannel(0);

function deployTo(region: string, settings: SettingsInput, account = '123456789012') {
  vi.stubEnv('CDK_DEFAULT_REGION', region);
  vi.stubEnv('CDK_DEFAULT_ACCOUNT', account);
  return () => appWithStacks(settings);
}
afterEach(() => vi.unstubAllEnvs());

describe('settings with an ARN of another Region', () => {
  const cases: [string, (region: string) => SettingsInput][] = [
    ['bus', (region) => ({ bus: bus(region) })],
    ['adopt.komboSecret', (region) => ({ adopt: { komboSecret: secret(region) } })],
    ['adopt.webhookSecret', (region) => ({ adopt: { webhookSecret: secret(region) } })],
    ['alarms', (region) => ({ alarms: `arn:aws:sns:${region}:123456789012:alarms` })],
    [
      'slack.0.via.url',
      (region) => ({ slack: [{ ...slack, via: { way: 'incoming-webhook', url: secret(region) } }] }),
    ],
    [
      'slack.0.via.token',
      (region) => ({
        slack: [
          { ...slack, via: { way: 'chat.postMessage', token: secret(region), channelId: 'C0123456789' } },
        ],
      }),
    ],
    [
      'endpoints.0.authorization.value',
      (region) => ({
        endpoints: [
          { ...endpoint, authorization: { type: 'header', header: 'x-key', value: secret(region) } },
        ],
      }),
    ],
    [
      'endpoints.0.authorization.password',
      (region) => ({
        endpoints: [{ ...endpoint, authorization: { type: 'basic', user: 'me', password: secret(region) } }],
      }),
    ],
  ];

  it.each(cases)(
    'the setting %s is refused with one line when its ARN is of another Region than the deployment',
    (setting, settingsWith) => {
      const refused = deployTo('eu-central-1', settingsWith('us-east-1'));
      expect(refused).toThrow(SettingsError);
      expect(refused).toThrow(`${setting}: must be in eu-central-1, the Region of the deployment`);
      expect(deployTo('eu-central-1', settingsWith('eu-central-1'))).not.toThrow();
    },
  );

  it('a setting with an ARN of any Region is accepted without AWS credentials, because the CDK then assumes us-east-1', () => {
    vi.stubEnv('CDK_DEFAULT_ACCOUNT', undefined);
    vi.stubEnv('CDK_DEFAULT_REGION', 'us-east-1');
    expect(() => appWithStacks({ bus: bus('eu-central-1') })).not.toThrow();
  });

  it('a setting with an ARN of any Region is accepted when only the account of the deployment is known', () => {
    vi.stubEnv('CDK_DEFAULT_ACCOUNT', '123456789012');
    vi.stubEnv('CDK_DEFAULT_REGION', undefined);
    expect(() => appWithStacks({ bus: bus('eu-central-1') })).not.toThrow();
  });
});

describe('settings with a bus of another account', () => {
  const theirs = { bus: bus('eu-central-1', '210987654321') };

  it('when the bus belongs to another account, its ARN is stored in a parameter, and the functions may publish to exactly this ARN', () => {
    vi.stubEnv('CDK_DEFAULT_ACCOUNT', '123456789012');
    vi.stubEnv('CDK_DEFAULT_REGION', 'eu-central-1');
    const { state, notifier } = synthesize(theirs);
    state.hasResourceProperties('AWS::SSM::Parameter', {
      Name: '/schoolbell/Schoolbell/bus',
      Value: theirs.bus,
    });
    const [parameter] = Object.keys(notifier.findParameters('*', { Default: '/schoolbell/Schoolbell/bus' }));
    const granted = Object.values(notifier.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.filter(
        ({ Action }: { Action: unknown }) => Action === 'events:PutEvents',
      ),
    );
    expect(granted.map(({ Resource }) => Resource)).toEqual([{ Ref: parameter }, { Ref: parameter }]);
  });

  it.each([
    ['certificates', { certificates: {} }],
    ['slack', { slack: [slack] }],
    ['endpoints', { endpoints: [endpoint] }],
    ['certificates, slack', { certificates: {}, slack: [slack] }],
  ])(
    'consumers (%s) are refused when the bus belongs to another account than the deployment, because they need rules',
    (named, consumers) => {
      const refused = deployTo('eu-central-1', { ...theirs, ...consumers });
      expect(refused).toThrow(SettingsError);
      expect(refused).toThrow(`${named}: the bus belongs to account 210987654321`);
      expect(deployTo('eu-central-1', { ...theirs, ...consumers }, '210987654321')).not.toThrow();
    },
  );

  it('the schema registry can be switched on when the bus belongs to another account', () => {
    expect(deployTo('eu-central-1', { ...theirs, schemaRegistry: true })).not.toThrow();
  });
});
