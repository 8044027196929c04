import { createKombo, type KomboAdapter } from '../../../functions/adapters/kombo/kombo.ts';
import type { RetryBudget } from '../../../functions/adapters/kombo/with-retries.ts';
import { isRunError, type RunError } from '../../../functions/core/errors.ts';
import type { Kombo } from '../../../functions/core/ports.ts';
import { API_KEY, INTEGRATION } from './scripted-kombo.ts';

/** Makes only one attempt, because the wait before a second attempt would be as long as the total time. */
export const ONCE: RetryBudget = { attemptMs: 20_000, totalMs: 20_000, firstDelayMs: 20_000 };
/**
 * Retries after about 1 ms, and then after waits that double, for at most 40 seconds. No test takes that
 * long.
 */
export const OFTEN: RetryBudget = { attemptMs: 20_000, totalMs: 40_000, firstDelayMs: 1 };
/** Aborts an attempt after 40 ms, and makes only one attempt. */
export const HASTY: RetryBudget = { attemptMs: 40, totalMs: 20_000, firstDelayMs: 20_000 };

/** Creates a client of the server at `baseUrl`. */
export function komboAt(
  { baseUrl }: { baseUrl: string },
  retryBudget: RetryBudget = ONCE,
  apiKey = async () => API_KEY,
): KomboAdapter {
  return createKombo({ baseUrl, apiKey, retryBudget });
}

/** Reads the first page of a run over all records. */
export const firstPage = (kombo: Kombo, signal?: AbortSignal) =>
  kombo.readPage({ integration: INTEGRATION, updatedAfter: null, cursor: null }, signal);

/** Returns the error that a call throws. */
export async function thrownBy(call: () => Promise<unknown>): Promise<unknown> {
  try {
    await call();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
}

/** Returns the error that a call throws. Throws if this error is not a `RunError` of `core/errors.ts`. */
export async function failureOf(call: () => Promise<unknown>): Promise<RunError> {
  const error = await thrownBy(call);
  if (isRunError(error)) return error;
  throw new Error('it threw an error that says nothing of what comes next', { cause: error });
}
