import pRetry from 'p-retry';
import { RateLimitedError, TransientError } from '../../core/errors.ts';
import type { RateLimit } from './rate-limit.ts';

/** The time limits of a request and its retries, in milliseconds. */
export type RetryBudget = {
  /** The limit for one attempt, including the response body. */
  attemptMs: number;
  /** The limit for all attempts together, including the waits between them. */
  totalMs: number;
  firstDelayMs: number;
};

/** All attempts take 30 seconds at most, because a person may be waiting at a terminal. */
export const RETRY_BUDGET: RetryBudget = { attemptMs: 15_000, totalMs: 30_000, firstDelayMs: 250 };
const LONGEST_DELAY_MS = 5_000;

/** Kombo asked the client to wait before the next attempt. */
export class PauseAsked extends Error {
  readonly pauseMs: number;
  override readonly cause: TransientError;

  constructor(pauseMs: number, cause: TransientError) {
    super('Kombo asked for a pause');
    this.pauseMs = pauseMs;
    this.cause = cause;
  }
}

export type Limits = {
  retryBudget: RetryBudget;
  /** Named in the error when it does not respond. */
  host: string;
  limit: RateLimit;
};

/**
 * Makes attempts until one succeeds, one fails permanently, or the time is up. The waits between them double
 * up to five seconds, with jitter, plus the pause of a `PauseAsked`. Stops without waiting if a wait would
 * exceed the time limit.
 *
 * @param attempt must end when its signal aborts; throws `TransientError` or `PauseAsked` for a temporary
 *   failure
 * @throws the last attempt's error; RateLimitedError when the rate limit blocks requests for longer than the
 *   remaining time; the signal's reason when it aborts
 */
export async function withRetries<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  limits: Limits,
  signal?: AbortSignal,
): Promise<T> {
  const { retryBudget } = limits;
  // The time limit of p-retry reads a clock that a simulation cannot replace.
  const deadline = Date.now() + retryBudget.totalMs;
  try {
    return await pRetry(() => allowed(attempt, deadline, limits, signal), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: retryBudget.firstDelayMs,
      maxTimeout: Math.max(LONGEST_DELAY_MS, retryBudget.firstDelayMs),
      randomize: true,
      ...(signal && { signal }),
      async shouldRetry({ error, retryDelay }) {
        const pauseMs = error instanceof PauseAsked ? error.pauseMs : 0;
        const passes =
          error instanceof PauseAsked ||
          (error instanceof TransientError && !(error instanceof RateLimitedError));
        if (!passes || Date.now() + pauseMs + retryDelay >= deadline) return false;
        if (pauseMs > 0) await pause(pauseMs, signal);
        return true;
      },
    });
  } catch (error) {
    throw error instanceof PauseAsked ? error.cause : error;
  }
}

/** Makes an attempt when the rate limit allows it. If there were too many requests, all calls then wait. */
async function allowed<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  deadline: number,
  limits: Limits,
  signal: AbortSignal | undefined,
): Promise<T> {
  const { limit, host } = limits;
  for (let closedMs = limit.closedMs(); closedMs > 0; closedMs = limit.closedMs()) {
    if (Date.now() + closedMs >= deadline) {
      const seconds = Math.ceil(closedMs / 1000);
      throw new RateLimitedError(
        `${host} accepts no request for ${seconds} s: there were too many requests`,
        {
          code: 'PLATFORM.RATE_LIMIT_EXCEEDED',
          waitMs: closedMs,
        },
      );
    }
    await pause(closedMs, signal);
    signal?.throwIfAborted();
  }
  try {
    return await timed(attempt, deadline, limits, signal);
  } catch (error) {
    if (error instanceof PauseAsked && error.cause instanceof RateLimitedError) limit.close(error.pauseMs);
    throw error;
  }
}

async function timed<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  deadline: number,
  { retryBudget, host }: Limits,
  signal: AbortSignal | undefined,
): Promise<T> {
  const controller = new AbortController();
  const limit = Math.max(1, Math.min(retryBudget.attemptMs, deadline - Date.now()));
  const abort = () => controller.abort();
  const timer = setTimeout(abort, limit);
  signal?.addEventListener('abort', abort, { once: true });
  try {
    return await attempt(controller.signal);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (!isNetworkError(error)) throw error;
    const what = controller.signal.aborted
      ? `${host} did not send a whole response within ${Number((limit / 1000).toPrecision(2))} s`
      : `the request to ${host} failed (${causeOf(error)})`;
    throw new TransientError(`${what}: check the network and KOMBO_BASE_URL`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

/**
 * If the network fails, Node throws one of two TypeErrors, before or during the response, or an AbortError.
 * Any other TypeError is a bug of this program, and must not be mistaken for a network failure.
 */
function isNetworkError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (error.name === 'AbortError') return true;
  return error instanceof TypeError && (error.message === 'fetch failed' || error.message === 'terminated');
}

function causeOf({ cause }: Error): string {
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string'
    ? cause.code
    : 'network error';
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    }
    signal?.addEventListener('abort', done, { once: true });
  });
}
