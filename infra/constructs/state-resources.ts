import { Stack, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSecret, type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

/**
 * A table that this app creates, or an adopted one. Both types are named, because under strict compiler options the CDK's
 * classes are not assignable to their own interfaces.
 */
export type AnyTable = ITable | Table;

/**
 * Creates the table with the journal. It is encrypted, billed per request, and has point-in-time recovery. DynamoDB deletes
 * journal entries after the time in `expires`.
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

/** A secret that this app creates, or an adopted one. */
export type AnySecret = ISecret | Secret;

/**
 * Creates a secret without a value. An operator sets the value after the deployment. A generated value would be wrong, because
 * it would be sent to Kombo as a key.
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
 * Creates the deployment's own alarm topic, and returns the ARN of the topic to which alarms are published: an existing one, or
 * the own one, with or without an e-mail address. The own topic is always created, because alarms that are still deployed may
 * refer to it.
 */
export function alarmTopicArn(scope: Construct, alarms: Settings['alarms']): string {
  const topic = new Topic(scope, 'AlarmTopic', { enforceSSL: true });
  // This policy replaces the default policy of a topic, which already lets the account's alarms publish. So it must allow this.
  topic.grantPublish(
    new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  if (alarms.startsWith('arn:')) return alarms;
  if (alarms !== 'none') topic.addSubscription(new EmailSubscription(alarms));
  return topic.topicArn;
}
