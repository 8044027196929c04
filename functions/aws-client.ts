import type { Readable } from 'node:stream';
import { readWhole } from './core/read-whole.ts';

/**
 * What every client of an AWS service is made with. A call that hangs is given up, so that the budgets of the adapters
 * and the functions' timeouts hold; in milliseconds. DynamoDB answers in milliseconds.
 */
export const AWS_CLIENT = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  maxAttempts: 3,
  cacheMiddleware: true,
  streamCollector: (body: Readable) => collect(body, 5_000),
};

/** Reads the body of an answer. `requestTimeout` ends with its head. */
export async function collect(body: Readable, deadlineMs: number): Promise<Uint8Array> {
  const timer = setTimeout(() => body.destroy(new Error('the answer did not end in time')), deadlineMs);
  return readWhole(body).finally(() => clearTimeout(timer));
}
