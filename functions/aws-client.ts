import type { Readable } from 'node:stream';
import { readWhole } from './core/read-whole.ts';

/**
 * The options of every client of an AWS service, in milliseconds. A call that hangs is aborted, so that the adapters' time
 * budgets and the functions' timeouts hold. DynamoDB responds within milliseconds.
 */
export const AWS_CLIENT = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  maxAttempts: 3,
  cacheMiddleware: true,
  streamCollector: (body: Readable) => collect(body, 5_000),
};

/** Reads the body of a response: `requestTimeout` only covers its head. */
export async function collect(body: Readable, deadlineMs: number): Promise<Uint8Array> {
  const timer = setTimeout(() => body.destroy(new Error('the answer did not end in time')), deadlineMs);
  return readWhole(body).finally(() => clearTimeout(timer));
}
