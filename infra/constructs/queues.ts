import { Duration, Validations } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { grantQueue } from './grants.ts';
import type { NotifierFunction } from './notifier-function.ts';

/** The longest time that SQS allows. The time in a queue counts towards the time in its dead-letter queue. */
export const KEPT = Duration.days(14);

/** By default the queue is encrypted with a key of SQS. */
type QueueKey = { encryptionKey?: IKey | undefined };

export function encryptedBy(key: IKey | undefined): QueueProps {
  if (key === undefined) return { encryption: QueueEncryption.SQS_MANAGED };
  return { encryption: QueueEncryption.KMS, encryptionMasterKey: key };
}

export class DeadLetters extends Queue {
  constructor(scope: Construct, id: string, { encryptionKey }: QueueKey) {
    super(scope, id, { ...encryptedBy(encryptionKey), enforceSSL: true, retentionPeriod: KEPT });
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'This queue is itself a dead-letter queue, for other queues, schedules or functions.',
    });
  }
}

/** How many times a message is received before it becomes a dead letter. */
export const TRIES = 5;

export class QueueWithDeadLetters extends Queue {
  readonly deadLetters: DeadLetters;

  /**
   * @param props.timeout the timeout of the function that the queue calls
   * @param props.deadLetters by default the queue has its own
   */
  constructor(
    scope: Construct,
    id: string,
    {
      timeout,
      encryptionKey,
      deadLetters = new DeadLetters(scope, `${id}DeadLetters`, { encryptionKey }),
    }: QueueKey & { timeout: Duration; deadLetters?: DeadLetters },
  ) {
    super(scope, id, {
      ...encryptedBy(encryptionKey),
      enforceSSL: true,
      retentionPeriod: KEPT,
      // AWS advises six times the timeout. With less, SQS could deliver a message again while a throttled
      // function still has it.
      visibilityTimeout: Duration.seconds(timeout.toSeconds() * 6),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: TRIES },
    });
    this.deadLetters = deadLetters;
  }
}

/**
 * Lets a queue call a function with one message per call, with exactly the rights that Lambda needs.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 *
 * @param options.atOnce the maximum number of calls at the same time
 */
export function feedFunction(called: NotifierFunction, queue: Queue, { atOnce }: { atOnce: number }): void {
  called.addEventSourceMapping('Messages', {
    eventSourceArn: queue.queueArn,
    batchSize: 1,
    maxConcurrency: atOnce,
  });
  grantQueue(queue, called, 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes');
}
