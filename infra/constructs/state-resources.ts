import { Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

/** A table of this deployment or an adopted one. The CDK's classes do not fit their own interfaces under strict options. */
export type AnyTable = ITable | Table;

/**
 * The table that holds the truth: point-in-time recovery, encrypted, paid per request. Journal entries go by
 * themselves when `expires` has passed.
 */
export class JournalTable extends Table {
  constructor(scope: Construct, id: string, { deletionProtection }: { deletionProtection: boolean }) {
    super(scope, id, {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      timeToLiveAttribute: 'expires',
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection,
    });
  }
}

/** A secret of this deployment or an adopted one. */
export type AnySecret = ISecret | Secret;

/**
 * A secret that somebody fills in after the deployment. It begins without a value: a generated one would be sent to
 * Kombo as a key.
 */
export class EmptySecret extends Secret {
  constructor(scope: Construct, id: string, { description }: { description: string }) {
    super(scope, id, { description });
    const resource = this.node.defaultChild;
    if (resource instanceof CfnSecret) resource.addPropertyDeletionOverride('GenerateSecretString');
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason: 'Kombo issues the value and has no API to rotate it. A new one is used within five minutes.',
    });
  }
}

/**
 * The topic that alarms publish to: one of the account, or one of our own, with or without an e-mail address. Our own is
 * there whatever the settings are, since alarms that are still deployed may name it.
 */
export function alarmTopicArn(scope: Construct, alarms: Settings['alarms']): string {
  const topic = new Topic(scope, 'AlarmTopic', { enforceSSL: true });
  // A policy of its own takes the place of the default one, by which the account's alarms may publish.
  topic.grantPublish(
    new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  if (alarms.startsWith('arn:')) return alarms;
  if (alarms !== 'none') topic.addSubscription(new EmailSubscription(alarms));
  return topic.topicArn;
}
