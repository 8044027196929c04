import { createHash } from 'node:crypto';
import { GetQueueAttributesCommand, SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import pRetry from 'p-retry';
import type { IntegrationId } from '../../contract/integration.ts';
import { asCode, DeploymentError, type RunError, TransientError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';
import type { BulkQueue } from '../../core/ports.ts';
import { awsError } from '../aws-errors.ts';

/** The maximum number of messages in one call. */
const BATCH_SIZE = 10;
const CONCURRENCY = 4;
/** Half of the timeout of dispatch, which is 60 seconds. Its reads and its report need the other half. */
const BUDGET_MS = 30_000;
/** The maximum delay that SQS allows. */
const LONGEST_DELAY_SECONDS = 15 * 60;

/** Creates a queue with a message group per integration. Makes at most five attempts, within `budgetMs`. */
export function createQueue<Message extends { integration: IntegrationId }>(
  client: SQSClient,
  url: string,
  { budgetMs, firstDelayMs } = { budgetMs: BUDGET_MS, firstDelayMs: 100 },
): BulkQueue<Message> {
  /** Returns the messages that SQS did not accept (`left`), and the error to report if there are any. */
  const sendBatch = async (batch: Message[], deadline: number, delaySeconds: number) => {
    if (Date.now() >= deadline) {
      return { left: batch, error: new TransientError('There was no time left to send all messages') };
    }
    const entries = batch.map((message, at) => ({
      Id: String(at),
      MessageBody: JSON.stringify(message),
      MessageGroupId: messageGroupOf(message.integration),
      DelaySeconds: delaySeconds,
    }));
    try {
      const response = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }));
      const taken = new Set(response.Successful?.map(({ Id }) => Id));
      const left = batch.filter((_, at) => !taken.has(String(at)));
      const code = asCode(response.Failed?.[0]?.Code ?? '');
      return { left, error: new TransientError(`SQS did not accept all messages (${code})`, { code }) };
    } catch (error) {
      return { left: batch, error: translate(error) };
    }
  };

  const offer = async (messages: Message[], delayMs = 0): Promise<{ taken: number; error: Error | null }> => {
    const deadline = Date.now() + budgetMs;
    const delaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.max(0, Math.ceil(delayMs / 1000)));
    let left = messages;
    const sendLeft = async () => {
      const batches = grouped(left, { count: BATCH_SIZE });
      const results = await pMap(batches, (batch) => sendBatch(batch, deadline, delaySeconds), {
        concurrency: CONCURRENCY,
      });
      left = results.flatMap((result) => result.left);
      const failed = results.filter((result) => result.left.length > 0);
      const mostSerious = failed.find(({ error }) => error instanceof DeploymentError) ?? failed[0];
      if (mostSerious !== undefined) throw mostSerious.error;
    };
    try {
      await pRetry(sendLeft, {
        retries: 4,
        randomize: true,
        minTimeout: firstDelayMs,
        shouldRetry: ({ error, retryDelay }) =>
          error instanceof TransientError && Date.now() + retryDelay < deadline,
      });
      return { taken: messages.length, error: null };
    } catch (error) {
      return {
        taken: messages.length - left.length,
        error: error instanceof Error ? error : translate(error),
      };
    }
  };

  return {
    offer: (messages) => offer(messages),
    async send(messages, delayMs) {
      const { error } = await offer(messages, delayMs);
      if (error !== null) throw error;
    },
  };
}

function translate(error: unknown): RunError {
  return awsError(error, {
    temporary: 'The queue cannot be reached',
    refused: [
      'AWS refuses access to the queue',
      'check its URL, its KMS key, and the policy of the role or user that runs this',
    ],
    codes: /NonExistentQueue|QueueDoesNotExist/,
  });
}

/** @throws DeploymentError when the queue does not exist or AWS denies access, otherwise TransientError */
export async function countWaiting(client: SQSClient, url: string): Promise<number> {
  try {
    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['ApproximateNumberOfMessages'] }),
    );
    return Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0);
  } catch (error) {
    throw translate(error);
  }
}

/**
 * In a standard queue, SQS treats a group as a tenant: if a tenant has many or slow messages, they wait
 * behind the messages of other tenants ("fair queues"). The name of a group has at most 128 characters.
 */
export function messageGroupOf(integration: IntegrationId): string {
  return integration.length <= 128 ? integration : createHash('sha256').update(integration).digest('hex');
}
