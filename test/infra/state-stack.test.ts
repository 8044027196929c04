import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { synthesize } from './synthesize.ts';

describe('the state stack', () => {
  it('keeps a table with recovery, protection and expiry', () => {
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

  it('keeps the bus, its archive and the secret', () => {
    const { state } = synthesize({ archiveRetentionDays: 30 });
    for (const type of ['AWS::Events::EventBus', 'AWS::Events::Archive', 'AWS::SecretsManager::Secret']) {
      state.hasResource(type, { DeletionPolicy: 'Retain' });
    }
    state.hasResourceProperties('AWS::Events::Archive', {
      RetentionDays: 30,
      EventPattern: { source: ['schoolbell'] },
    });
  });

  it('leaves the secret without a value: a generated one would be sent as a key', () => {
    const [secret] = Object.values(synthesize().state.findResources('AWS::SecretsManager::Secret'));
    expect(secret?.['Properties']).not.toHaveProperty('GenerateSecretString');
    expect(secret?.['Properties']).not.toHaveProperty('SecretString');
  });

  it('has no archive of events with names', () => {
    synthesize({ learnerDetails: 'include' }).state.resourceCountIs('AWS::Events::Archive', 0);
  });

  it('adopts what an earlier deployment left', () => {
    const { state, notifier } = synthesize({
      bus: 'arn:aws:events:eu-central-1:123456789012:event-bus/company',
      archive: false,
      adopt: {
        table: 'left-behind',
        komboSecret: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:Key-AbCdEf',
      },
    });
    state.resourceCountIs('AWS::CloudFormation::WaitConditionHandle', 1);
    state.resourceCountIs('AWS::DynamoDB::Table', 0);
    notifier.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          TABLE_NAME: 'left-behind',
          BUS_NAME: Match.stringLikeRegexp('company'),
        }),
      },
    });
  });

  it('lets everything go when asked to', () => {
    const { state } = synthesize({ keepState: false });
    state.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: Match.objectLike({ DeletionProtectionEnabled: false }),
    });
  });
});
