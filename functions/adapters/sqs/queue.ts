import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import pRetry from 'p-retry';
import type { IntegrationId } from '../../contract/integration-id.ts';
import { DeploymentError, TransientError } from '../../core/errors.ts';
import type { Queue } from '../../core/ports.ts';
import { messageGroupOf } from './message-group.ts';

/** What SQS takes in one call. */
const BATCH_SIZE = 10;
const CONCURRENCY = 4;

/**
 * A queue on SQS, with a message group for each integration. Messages that SQS fails one by one are sent again, five
 * times in all.
 */
export function createQueue<Message extends { integration: IntegrationId }>(
  client: SQSClient,
  url: string,
): Queue<Message> {
  const sendBatch = async (batch: Message[]) => {
    let left = batch;
    await pRetry(
      async () => {
        const entries = left.map((message, at) => ({
          Id: String(at),
          MessageBody: JSON.stringify(message),
          MessageGroupId: messageGroupOf(message.integration),
        }));
        const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }));
        const failed = answer.Failed ?? [];
        const rejected = new Set(failed.map(({ Id }) => Id));
        left = left.filter((_, at) => rejected.has(String(at)));
        if (left.length > 0) {
          throw new TransientError(`SQS did not take ${left.length} messages`, {
            code: failed[0]?.Code ?? null,
          });
        }
      },
      {
        retries: 4,
        randomize: true,
        minTimeout: 100,
        shouldRetry: ({ error }) => error instanceof TransientError,
      },
    );
  };
  return {
    async send(messages) {
      const batches = Array.from({ length: Math.ceil(messages.length / BATCH_SIZE) }, (_, at) =>
        messages.slice(at * BATCH_SIZE, (at + 1) * BATCH_SIZE),
      );
      try {
        await pMap(batches, sendBatch, { concurrency: CONCURRENCY });
      } catch (error) {
        throw translate(error);
      }
    },
  };
}

export function translate(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof TransientError) return error;
  return /AccessDenied|NonExistentQueue|QueueDoesNotExist|InvalidClientTokenId|ExpiredToken/.test(error.name)
    ? new DeploymentError(`The queue refuses (${error.name}): check its URL and the function's permissions`, {
        code: error.name,
        cause: error,
      })
    : new TransientError(`The queue cannot be reached (${error.name})`, {
        code: error.name,
        cause: error,
      });
}
