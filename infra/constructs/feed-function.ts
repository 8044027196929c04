import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { grantQueue } from './grants.ts';
import type { NotifierFunction } from './notifier-function.ts';

/**
 * Lets a queue call a function, one message a call, with the rights that Lambda needs for it and no more.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 *
 * @param options.atOnce how many calls there are at the same time
 * @param options.returnsFailures whether the function returns the messages that failed, rather than fail itself
 */
export function feedFunction(
  called: NotifierFunction,
  queue: Queue,
  { atOnce, returnsFailures = false }: { atOnce: number; returnsFailures?: boolean },
): void {
  called.addEventSourceMapping('Messages', {
    eventSourceArn: queue.queueArn,
    batchSize: 1,
    maxConcurrency: atOnce,
    reportBatchItemFailures: returnsFailures,
  });
  grantQueue(queue, called, 'ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes');
}
