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
 * The table with the journal, encrypted, paid per request, with point-in-time recovery. DynamoDB deletes journal entries after
 * the time in `expires`.
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
 * A secret that an operator fills in after the deployment. It has no value at first: a generated value would be sent to Kombo as
 * a key.
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
 * The topic that alarms publish to: an existing one, or one of this deployment, with or without an e-mail address. The latter
 * always exists, since alarms that are still deployed may name it.
 */
export function alarmTopicArn(scope: Construct, alarms: Settings['alarms']): string {
  const topic = new Topic(scope, 'AlarmTopic', { enforceSSL: true });
  // This policy replaces the default one, which lets the account's alarms publish.
  topic.grantPublish(
    new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  if (alarms.startsWith('arn:')) return alarms;
  if (alarms !== 'none') topic.addSubscription(new EmailSubscription(alarms));
  return topic.topicArn;
}
