import { Duration, TimeZone } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { digestQueueRules } from '../../rules/slack/digest-rules.ts';
import type { SlackChannel } from '../../rules/slack/slack-rules.ts';
import { feedFunction } from '../constructs/feed-function.ts';
import { grantQueue } from '../constructs/grants.ts';
import { NotifierFunction } from '../constructs/notifier-function.ts';
import { type DeadLetters, QueueWithDeadLetters, TRIES } from '../constructs/queue-with-dead-letters.ts';
import { ScheduleRole } from '../constructs/schedule-role.ts';
import type { Settings } from '../settings.ts';
import type { AnyBus } from './any-bus.ts';
import { ConsumerRule } from './consumer-rule.ts';

const TIMEOUT = Duration.minutes(2);

/**
 * How long received messages are hidden: longer than one call takes, so that it receives none twice, and short enough
 * that all are visible when a failed call is repeated, six timeouts after it began.
 */
const HIDDEN = Duration.minutes(4);

/** A call receives what failed before again; no message becomes a dead letter before this many days of failures. */
const DAYS_OF_FAILURES = 3;

export type DigestProps = {
  settings: Settings;
  channel: SlackChannel;
  bus: AnyBus;
  /** Such as `17:00`. */
  at: string;
  timeZone: string;
  /** Of the channel. */
  deadLetters: DeadLetters;
};

/**
 * Collects the events of a channel in a queue; once a day a function makes one event of them, which a rule posts. The
 * function sees no name and has no key of Slack's.
 *
 * The schedule calls the function through a queue of its own. Lambda's retries of a direct call come a minute later, when
 * the messages that the failed call had received are still hidden: they found an empty queue and counted as success.
 */
export class Digest extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { settings, channel, bus, at, timeZone, deadLetters }: DigestProps,
  ) {
    super(scope, id);
    const queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: HIDDEN,
      retentionPeriod: Duration.days(14),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: DAYS_OF_FAILURES * TRIES },
    });
    for (const { name, pattern, transformer } of digestQueueRules(channel)) {
      const description = `Schoolbell: ${name}`;
      new ConsumerRule(this, name, { bus, pattern, description, transformer, deadLetters }, queue);
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
    grantQueue(queue, digest, 'ReceiveMessage', 'DeleteMessage');
    bus.grantPutEventsTo(digest);
    const due = new QueueWithDeadLetters(this, 'Due', { timeout: TIMEOUT, deadLetters });
    feedFunction(digest, due, { atOnce: 2 });
    const [hour = '17', minute = '00'] = at.split(':');
    new Schedule(this, 'Daily', {
      schedule: ScheduleExpression.cron({
        hour: String(Number(hour)),
        minute: String(Number(minute)),
        timeZone: TimeZone.of(timeZone),
      }),
      target: new SqsSendMessage(due, {
        role: new ScheduleRole(this, 'ScheduleRole'),
        deadLetterQueue: deadLetters,
        input: ScheduleTargetInput.fromObject({}),
      }),
      description: `Schoolbell: the digest of ${channel.name}`,
    });
  }
}
