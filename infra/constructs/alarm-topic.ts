import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

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
