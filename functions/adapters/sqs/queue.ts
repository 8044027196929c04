import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import pRetry from 'p-retry';
import type { IntegrationId } from '../../contract/integration.ts';
import {
  asCode,
  codeOf,
  DeploymentError,
  isRunError,
  type RunError,
  TransientError,
} from '../../core/errors.ts';
import type { BulkQueue } from '../../core/ports.ts';
import { messageGroupOf } from './message-group.ts';

/** What SQS takes in one call. */
const BATCH_SIZE = 10;
const CONCURRENCY = 4;
/** Half of what dispatch has: the rest is for its report. */
const BUDGET_MS = 30_000;
/** SQS delays no message for longer. */
const LONGEST_DELAY_SECONDS = 15 * 60;

/**
 * A queue on SQS, with a message group for each integration. Messages that SQS does not confirm are sent again, five times
 * in all, for as long as `budgetMs` allows.
 */
export function createQueue<Message extends { integration: IntegrationId }>(
  client: SQSClient,
  url: string,
  { budgetMs, firstDelayMs } = { budgetMs: BUDGET_MS, firstDelayMs: 100 },
): BulkQueue<Message> {
  /** Returns what was not taken, and why. */
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
      const answer = await client.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries }));
      const taken = new Set(answer.Successful?.map(({ Id }) => Id));
      const left = batch.filter((_, at) => !taken.has(String(at)));
      const code = asCode(answer.Failed?.[0]?.Code ?? '');
      return { left, error: new TransientError(`SQS did not take all messages (${code})`, { code }) };
    } catch (error) {
      return { left: batch, error: translate(error) };
    }
  };

  const offer = async (messages: Message[], delayMs = 0): Promise<{ taken: number; error: Error | null }> => {
    const deadline = Date.now() + budgetMs;
    const delaySeconds = Math.min(LONGEST_DELAY_SECONDS, Math.max(0, Math.ceil(delayMs / 1000)));
    let left = messages;
    const sendLeft = async () => {
      const batches = Array.from({ length: Math.ceil(left.length / BATCH_SIZE) }, (_, at) =>
        left.slice(at * BATCH_SIZE, (at + 1) * BATCH_SIZE),
      );
      const answers = await pMap(batches, (batch) => sendBatch(batch, deadline, delaySeconds), {
        concurrency: CONCURRENCY,
      });
      left = answers.flatMap((answer) => answer.left);
      const failed = answers.filter((answer) => answer.left.length > 0);
      const graver = failed.find(({ error }) => error instanceof DeploymentError) ?? failed[0];
      if (graver !== undefined) throw graver.error;
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

export function translate(error: unknown): RunError {
  if (isRunError(error)) return error;
  const code = codeOf(error);
  const context = { code, cause: error };
  return /AccessDenied|NonExistentQueue|QueueDoesNotExist|InvalidClientTokenId|ExpiredToken/.test(code)
    ? new DeploymentError(
        `The queue refuses (${code}): check its URL and the function's permissions`,
        context,
      )
    : new TransientError(`The queue cannot be reached (${code})`, context);
}
