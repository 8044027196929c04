import { Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

/** Who is told when an alarm goes off: a topic of the account, one of our own for an e-mail address, or nobody. */
export function alarmTopic(scope: Construct, alarms: Settings['alarms']): ITopic | null {
  if (alarms === 'none') return null;
  if (alarms.startsWith('arn:')) return Topic.fromTopicArn(scope, 'AlarmTopic', alarms);
  const topic = new Topic(scope, 'AlarmTopic', { enforceSSL: true });
  // A policy of its own takes the place of the default one, by which the account's alarms may publish.
  topic.grantPublish(
    new ServicePrincipal('cloudwatch.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
  );
  topic.addSubscription(new EmailSubscription(alarms));
  return topic;
}
