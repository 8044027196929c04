import { Duration, type RemovalPolicy, Stack, TimeZone } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { grantQueue } from '../../infra/constructs/grants.ts';
import { keepData } from '../../infra/constructs/keep-data.ts';
import { addQueueAlarms } from '../../infra/constructs/learner-alarm.ts';
import { NotifierFunction } from '../../infra/constructs/notifier-function.ts';
import {
  type DeadLetters,
  encryptedBy,
  feedFunction,
  KEPT,
  QueueWithDeadLetters,
  TRIES,
} from '../../infra/constructs/queues.ts';
import { ScheduleRole } from '../../infra/constructs/schedule-role.ts';
import type { ISchoolbell, SharedFunctionProps } from '../../infra/constructs/shared-props.ts';
import { type Channel, digestQueueRules } from '../channels/channel-rules.ts';
import { ConsumerRule } from '../deploy/consumer-rule.ts';
import type { DigestDue } from './prepare-digest.ts';

const TIMEOUT = Duration.minutes(2);

/**
 * How long SQS hides received messages: longer than one call, so that a call receives no message twice. `Due`
 * repeats a failed call after six times the function's timeout, 12 minutes. The messages are then visible
 * again.
 */
const HIDDEN = Duration.minutes(4);

/**
 * Days on which the digest may fail before its messages become dead letters. Until then, each later call
 * receives the messages of the failed calls again.
 */
const DAYS_OF_FAILURES = 3;

const DIGESTS = 'Digests';

type DigestProps = {
  channel: Channel;
  /** When the digest is due, such as `17:00`. */
  at: string;
  timeZone: string;
  /** The dead-letter queue of the channel. */
  deadLetters: DeadLetters;
  encryptionKey: IKey | undefined;
};

type DigestsProps = SharedFunctionProps & { schoolbell: ISchoolbell; removalPolicy: RemovalPolicy };

/**
 * The function that prepares the digests of all channels, and its queue. It publishes one event that
 * summarises the messages in a channel's queue, and reads no names of learners and no secret of a channel.
 * With a function, queue and role for each of 20 channels, one stack would have too many resources.
 *
 * The schedules call the function through a queue. Lambda would retry a failed direct call after one minute,
 * when the messages that it received are still hidden: the retry would find an empty queue and seem to
 * succeed.
 */
export class Digests extends Construct {
  readonly due: QueueWithDeadLetters;
  readonly function: NotifierFunction;
  readonly scheduleRole: ScheduleRole;

  /**
   * Returns the `Digests` of the channel's stack, and creates it for the first channel.
   *
   * @throws Error when the stack already has digests of another deployment
   */
  static of(channel: Construct, props: DigestsProps): Digests {
    const stack = Stack.of(channel);
    const existing = stack.node.tryFindChild(DIGESTS);
    if (!(existing instanceof Digests)) return new Digests(stack, DIGESTS, props);
    if (existing.#schoolbell.name !== props.schoolbell.name) {
      throw new Error(
        `${channel.node.path}: the stack already has digests of the deployment ${existing.#schoolbell.name}. Put the channels of ${props.schoolbell.name} into another stack`,
      );
    }
    return existing;
  }

  readonly #schoolbell: ISchoolbell;

  constructor(scope: Construct, id: string, { schoolbell, removalPolicy, ...functionProps }: DigestsProps) {
    super(scope, id);
    this.#schoolbell = schoolbell;
    const { name, bus } = schoolbell;
    const settings = { ...functionProps, name };
    const { encryptionKey } = settings;
    this.function = new NotifierFunction(this, 'Function', {
      settings,
      entry: 'consumers/digest/lambda.ts',
      description: 'Prepares daily digests',
      timeout: TIMEOUT,
      memorySize: 256,
      environment: { BUS_NAME: bus.eventBusArn },
    });
    bus.grantPutEventsTo(this.function);
    this.due = new QueueWithDeadLetters(this, 'Due', { timeout: TIMEOUT, encryptionKey });
    feedFunction(this.function, this.due, { atOnce: 5 });
    this.scheduleRole = new ScheduleRole(this, 'ScheduleRole');
    addQueueAlarms(this, schoolbell);
    keepData(this, removalPolicy);
  }

  /** Adds a queue that collects a channel's events, and the schedule that requests a digest of them once a day. */
  add(scope: Construct, { channel, at, timeZone, deadLetters, encryptionKey }: DigestProps): void {
    const queue = new Queue(scope, 'Queue', {
      ...encryptedBy(encryptionKey),
      enforceSSL: true,
      visibilityTimeout: HIDDEN,
      retentionPeriod: KEPT,
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: DAYS_OF_FAILURES * TRIES },
    });
    const { bus } = this.#schoolbell;
    for (const { name, pattern, transformer } of digestQueueRules(channel)) {
      const description = `Schoolbell: ${name}`;
      new ConsumerRule(scope, name, { bus, pattern, description, transformer, deadLetters }, queue);
    }
    grantQueue(queue, this.function, 'ReceiveMessage', 'DeleteMessage');
    grantQueue(deadLetters, this.scheduleRole, 'SendMessage');
    const [hour = '17', minute = '00'] = at.split(':');
    new Schedule(scope, 'Daily', {
      schedule: ScheduleExpression.cron({
        hour: String(Number(hour)),
        minute: String(Number(minute)),
        timeZone: TimeZone.of(timeZone),
      }),
      target: new SqsSendMessage(this.due, {
        role: this.scheduleRole,
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
