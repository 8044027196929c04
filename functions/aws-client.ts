import type { Readable } from 'node:stream';
import { readWhole } from './core/read-whole.ts';

/**
 * A call that hangs is aborted, so that the adapters keep their time budgets and the functions end before
 * their timeouts. DynamoDB responds within milliseconds. Times are in milliseconds.
 */
export const AWS_CLIENT = {
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  maxAttempts: 3,
  cacheMiddleware: true,
  streamCollector: (body: Readable) => collect(body, 5_000),
};

/** Reads a response to its end, or throws after `deadlineMs`: `requestTimeout` covers only the headers. */
export async function collect(body: Readable, deadlineMs: number): Promise<Uint8Array> {
  const timer = setTimeout(() => body.destroy(new Error('the response did not end in time')), deadlineMs);
  return readWhole(body).finally(() => clearTimeout(timer));
}
