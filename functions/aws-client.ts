import type { Readable } from 'node:stream';
import { readWhole } from './core/read-whole.ts';

/**
 * The options of every client of an AWS service; times are in milliseconds. A call that hangs is aborted, so
 * that the adapters keep their time budgets and the functions end before their timeouts. DynamoDB responds
 * within milliseconds.
 */
export const AWS_CLIENT = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  maxAttempts: 3,
  cacheMiddleware: true,
  streamCollector: (body: Readable) => collect(body, 5_000),
};

/**
 * Reads the body of a response to its end. Throws an Error if the body does not end within `deadlineMs`
 * milliseconds. This deadline is needed because `requestTimeout` only covers the headers.
 */
export async function collect(body: Readable, deadlineMs: number): Promise<Uint8Array> {
  const timer = setTimeout(() => body.destroy(new Error('the response did not end in time')), deadlineMs);
  return readWhole(body).finally(() => clearTimeout(timer));
}
