import { App, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { Certificates, Schoolbell, SlackChannel } from 'schoolbell';

/** A deployment with its consumers, in one stack. */
export class LearningStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const schoolbell = new Schoolbell(this, 'Schoolbell', {
      pollEvery: Duration.minutes(5),
      integrations: ['moodle:7C9M5sXAQx2cNMpVHLojrFpL'],
      operators: [`arn:aws:iam::${this.account}:role/operators`],
    });
    schoolbell.alarmTopic?.addSubscription(new EmailSubscription('ops@example.com'));

    const badges = new Queue(this, 'Badges', { enforceSSL: true });
    schoolbell.onEvent(
      'CourseCompleted',
      { consumer: 'badges', where: { course: { title: [{ prefix: 'Fire' }] } } },
      badges,
    );

    new Certificates(this, 'Certificates', { schoolbell, texts: { issuer: 'Northwind Academy' } });
    new SlackChannel(this, 'Slack', {
      schoolbell,
      name: 'learning',
      events: ['CourseCompleted', 'ChangesHeld'],
      via: { way: 'incoming-webhook', url: Secret.fromSecretNameV2(this, 'SlackUrl', 'slack/learning') },
    });
  }
}

new LearningStack(new App(), 'Learning');
