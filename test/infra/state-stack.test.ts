import { Match } from 'aws-cdk-lib/assertions';
import { expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';

it('the table of the state stack is retained and has point-in-time recovery, deletion protection and expiry', () => {
  const { state } = synthesize();
  state.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    UpdateReplacePolicy: 'Retain',
    Properties: Match.objectLike({
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  });
});

it('the bus and the secrets of the state stack are retained when the stack is deleted', () => {
  const { state } = synthesize();
  for (const type of ['AWS::Events::EventBus', 'AWS::SecretsManager::Secret']) {
    state.allResources(type, { DeletionPolicy: 'Retain' });
  }
});

it('the state stack creates a secret with a generated key of 64 characters for the hashes of remote ids', () => {
  synthesize().state.hasResourceProperties('AWS::SecretsManager::Secret', {
    Description: Match.stringLikeRegexp('hashes'),
    GenerateSecretString: { PasswordLength: 64, ExcludePunctuation: true },
  });
});

it('the secrets for Kombo are created without a value, because a generated value would be sent to Kombo as the key', () => {
  const secrets = Object.entries(synthesize().state.findResources('AWS::SecretsManager::Secret'))
    .filter(([id]) => !id.startsWith('RemoteIds'))
    .map(([, secret]) => secret);
  expect(secrets).toHaveLength(2);
  for (const { Properties } of secrets) {
    expect(Properties).not.toHaveProperty('GenerateSecretString');
    expect(Properties).not.toHaveProperty('SecretString');
  }
});

it('the bus of the state stack has no archive, because an archive would store names of learners', () => {
  const { state, notifier } = synthesize({ learnerDetails: 'include' });
  for (const template of [state, notifier]) template.resourceCountIs('AWS::Events::Archive', 0);
});

it('the stacks use the existing table, secret and bus that the settings name, instead of creating them', () => {
  const { state, notifier } = synthesize({
    bus: 'arn:aws:events:eu-central-1:123456789012:event-bus/company',
    adopt: {
      table: 'left-behind',
      komboSecret: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:Key-AbCdEf',
    },
  });
  state.resourceCountIs('AWS::DynamoDB::Table', 0);
  const named = (name: string, Value: unknown) =>
    state.hasResourceProperties('AWS::SSM::Parameter', { Name: `/schoolbell/Schoolbell/${name}`, Value });
  named('table', 'left-behind');
  named('bus', Match.stringLikeRegexp('event-bus/company$'));
  named('kombo-secret', Match.stringLikeRegexp('secret:Key-AbCdEf$'));
  const [parameter] = Object.keys(
    notifier.findParameters('*', {
      Type: 'AWS::SSM::Parameter::Value<String>',
      Default: '/schoolbell/Schoolbell/table',
    }),
  );
  notifier.hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ TABLE_NAME: { Ref: parameter } }) },
  });
});

it('with `keepState: false`, the table has no deletion protection and is deleted with the state stack', () => {
  const { state } = synthesize({ keepState: false });
  state.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Delete',
    Properties: Match.objectLike({ DeletionProtectionEnabled: false }),
  });
});
