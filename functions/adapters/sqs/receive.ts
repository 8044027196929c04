import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { plural } from '../../contract/printable-text.ts';
import { asCode, TransientError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';

/** The maximum number of messages in one call. */
const AT_ONCE = 10;

/** For a queue without a trigger: the caller receives messages at a scheduled time. */
export function createReceiver(client: SQSClient, queueUrl: string) {
  return {
    async receive(): Promise<{ body: string; receipt: string }[]> {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: AT_ONCE, WaitTimeSeconds: 1 }),
      );
      return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({ body: Body, receipt: ReceiptHandle }));
    },

    async remove(receipts: string[]): Promise<void> {
      const failures = [];
      for (const batch of grouped(receipts, { count: AT_ONCE })) {
        const Entries = batch.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
        const { Failed = [] } = await client.send(
          new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }),
        );
        failures.push(...Failed);
      }
      if (failures.length > 0) {
        throw new TransientError(
          `${plural(failures.length, 'message')} could not be deleted from the queue (${asCode(failures[0]?.Code ?? '')})`,
        );
      }
    },
  };
}
