import { Duration, TimeZone } from 'aws-cdk-lib';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { digestQueueRules } from '../../rules/slack/digest-rules.ts';
import type { SlackChannel } from '../../rules/slack/slack-rules.ts';
import { NotifierFunction } from '../constructs/notifier-function.ts';
import { DeadLetters } from '../constructs/queue-with-dead-letters.ts';
import { ScheduleRole } from '../constructs/schedule-role.ts';
import type { Settings } from '../settings.ts';
import type { AnyBus } from './any-bus.ts';
import { ConsumerRule } from './consumer-rule.ts';
import { explainStar } from './explain-star.ts';
import { TemplateInput } from './template-input.ts';

const TIMEOUT = Duration.minutes(5);

export type DigestProps = {
  settings: Settings;
  channel: SlackChannel;
  bus: AnyBus;
  /** Such as `17:00`. */
  at: string;
  timeZone: string;
};

/**
 * Collects the events of a channel in a queue; once a day a function makes one event of them, which a rule posts. The
 * function sees no name and has no key of Slack's.
 */
export class Digest extends Construct {
  constructor(scope: Construct, id: string, { settings, channel, bus, at, timeZone }: DigestProps) {
    super(scope, id);
    const deadLetters = new DeadLetters(this, 'DeadLetters');
    const queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Longer than a digest takes, so that the next one sees again what a failed one had received.
      visibilityTimeout: Duration.minutes(15),
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    });
    for (const { name, pattern, transformer } of digestQueueRules(channel)) {
      const description = `Schoolbell: ${name}`;
      new ConsumerRule(this, name, { bus, pattern, description, deadLetters }, (delivery) => {
        const message = transformer && { message: new TemplateInput(transformer) };
        return new SqsQueue(queue, { ...delivery, ...message });
      });
    }
    const digest = new NotifierFunction(this, 'Function', {
      settings,
      entry: 'digest',
      description: `Prepares the daily digest of ${channel.name}`,
      timeout: TIMEOUT,
      memorySize: 256,
      environment: {
        DIGEST_CHANNEL: channel.name,
        DIGEST_QUEUE_URL: queue.queueUrl,
        BUS_NAME: bus.eventBusArn,
      },
    });
    queue.grantConsumeMessages(digest);
    bus.grantPutEventsTo(digest);
    const reason = 'The star stands for the versions and aliases of this one function.';
    explainStar(this, { resource: digest, suffix: ':*', reason });
    const [hour = '17', minute = '00'] = at.split(':');
    const role = new ScheduleRole(this, 'ScheduleRole');
    new Schedule(this, 'Daily', {
      schedule: ScheduleExpression.cron({
        hour: String(Number(hour)),
        minute: String(Number(minute)),
        timeZone: TimeZone.of(timeZone),
      }),
      target: new LambdaInvoke(digest, {
        role,
        deadLetterQueue: deadLetters,
        input: ScheduleTargetInput.fromObject({}),
      }),
      description: `Schoolbell: the digest of ${channel.name}`,
    });
  }
}
