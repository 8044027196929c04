import { Duration, TimeZone } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { grantQueue } from '../../infra/constructs/grants.ts';
import { type FunctionSettings, NotifierFunction } from '../../infra/constructs/notifier-function.ts';
import {
  type DeadLetters,
  feedFunction,
  QueueWithDeadLetters,
  TRIES,
} from '../../infra/constructs/queues.ts';
import { ScheduleRole } from '../../infra/constructs/schedule-role.ts';
import { type Channel, digestQueueRules } from '../channels/channel-rules.ts';
import { type AnyBus, ConsumerRule } from '../deploy/consumer-rule.ts';
import type { DigestDue } from './prepare-digest.ts';

const TIMEOUT = Duration.minutes(2);

/**
 * How long received messages are hidden: longer than one call takes, so that it receives no message twice, and short
 * enough that all are visible when a failed call is repeated, six timeouts after it began.
 */
const HIDDEN = Duration.minutes(4);

/** Each call receives the messages of failed calls again. They become dead letters after this many days of failures. */
const DAYS_OF_FAILURES = 3;

/**
 * Makes one event of the messages in the queue of a channel, when its digest is due. The function sees no names of learners and
 * has no secret of a channel. It serves the digests of all channels: 20 channels with a function, queue and role each would be
 * too many resources for one stack.
 *
 * The schedules call the function through a queue. Lambda would retry a direct call after a minute, when the messages that the
 * failed call had received are still hidden: it would find an empty queue and count as success.
 */
export class Digests extends Construct {
  readonly due: QueueWithDeadLetters;
  readonly function: NotifierFunction;
  readonly scheduleRole: ScheduleRole;

  constructor(scope: Construct, id: string, { settings, bus }: { settings: FunctionSettings; bus: AnyBus }) {
    super(scope, id);
    this.function = new NotifierFunction(this, 'Function', {
      settings,
      entry: 'consumers/digest/lambda.ts',
      description: 'Prepares daily digests',
      timeout: TIMEOUT,
      memorySize: 256,
      environment: { BUS_NAME: bus.eventBusArn },
    });
    bus.grantPutEventsTo(this.function);
    this.due = new QueueWithDeadLetters(this, 'Due', { timeout: TIMEOUT });
    feedFunction(this.function, this.due, { atOnce: 5 });
    this.scheduleRole = new ScheduleRole(this, 'ScheduleRole');
  }
}

export type DigestProps = {
  digests: Digests;
  channel: Channel;
  bus: AnyBus;
  /** Such as `17:00`. */
  at: string;
  timeZone: string;
  /** The dead-letter queue of the channel. */
  deadLetters: DeadLetters;
};

/** Collects the events of a channel in a queue, and makes a digest of them once a day. */
export class Digest extends Construct {
  constructor(scope: Construct, id: string, props: DigestProps) {
    super(scope, id);
    const { digests, channel, bus, at, timeZone, deadLetters } = props;
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
    grantQueue(queue, digests.function, 'ReceiveMessage', 'DeleteMessage');
    const [hour = '17', minute = '00'] = at.split(':');
    new Schedule(this, 'Daily', {
      schedule: ScheduleExpression.cron({
        hour: String(Number(hour)),
        minute: String(Number(minute)),
        timeZone: TimeZone.of(timeZone),
      }),
      target: new SqsSendMessage(digests.due, {
        role: digests.scheduleRole,
        deadLetterQueue: deadLetters,
        input: ScheduleTargetInput.fromObject({
          channel: channel.name,
          queueUrl: queue.queueUrl,
        } satisfies DigestDue),
      }),
      description: `Schoolbell: the digest of ${channel.name}`,
    });
  }
}
