import pRetry from 'p-retry';
import { RateLimitedError, TransientError } from '../../core/errors.ts';
import type { RateLimit } from './rate-limit.ts';

/** How long to try, in milliseconds. */
export type RetryBudget = {
  /** For one attempt, its body included. */
  attemptMs: number;
  /** For all attempts together, and the waits between them. */
  totalMs: number;
  firstDelayMs: number;
};

/** A person at a terminal waits no longer. */
export const RETRY_BUDGET: RetryBudget = { attemptMs: 15_000, totalMs: 30_000, firstDelayMs: 250 };
const LONGEST_DELAY_MS = 5_000;

/** Kombo asked for a pause before the next attempt. */
export class PauseAsked extends Error {
  readonly pauseMs: number;
  override readonly cause: TransientError;

  constructor(pauseMs: number, cause: TransientError) {
    super('Kombo asked for a pause');
    this.pauseMs = pauseMs;
    this.cause = cause;
  }
}

type Limits = {
  patience: RetryBudget;
  /** Named when nothing there answers. */
  host: string;
  limit: RateLimit;
};

/**
 * Makes attempts until one succeeds, the error is not one that passes, or the time is up. Waits double, with jitter, and
 * come after a pause that `PauseAsked` names. No attempt is made while the rate limit is known to be closed. A pause that
 * the time does not allow is not begun.
 *
 * @param attempt must end when its signal aborts; throws `TransientError` or `PauseAsked` for what may pass
 * @throws the last attempt's error; RateLimitedError where the rate limit stays closed for longer than there is time; the
 *   signal's reason once it aborts
 */
export async function withRetries<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  limits: Limits,
  signal?: AbortSignal,
): Promise<T> {
  const { patience } = limits;
  // p-retry's own time limit reads a clock that does not stand still in a simulation.
  const deadline = Date.now() + patience.totalMs;
  try {
    return await pRetry(() => allowed(attempt, deadline, limits, signal), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: patience.firstDelayMs,
      maxTimeout: Math.max(LONGEST_DELAY_MS, patience.firstDelayMs),
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

/** An attempt once the rate limit is open. What a refusal says of the limit holds for all calls. */
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
      throw new RateLimitedError(`${host} takes no request for ${seconds} s: there were too many`, {
        code: 'PLATFORM.RATE_LIMIT_EXCEEDED',
        waitMs: closedMs,
      });
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
  { patience, host }: Limits,
  signal: AbortSignal | undefined,
): Promise<T> {
  const controller = new AbortController();
  const limit = Math.max(1, Math.min(patience.attemptMs, deadline - Date.now()));
  const timer = setTimeout(() => controller.abort(), limit);
  const leave = () => controller.abort();
  signal?.addEventListener('abort', leave, { once: true });
  try {
    return await attempt(controller.signal);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (!isNetworkError(error)) throw error;
    const what = controller.signal.aborted
      ? `${host} did not answer in full within ${Number((limit / 1000).toPrecision(2))} s`
      : `the request to ${host} failed (${causeOf(error)})`;
    throw new TransientError(`${what}: check the network and KOMBO_BASE_URL`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
  }
}

/**
 * Node's `fetch` fails with one of two TypeErrors, before the answer and within it, and with an AbortError when it is
 * cancelled. Any other TypeError is a mistake in this program, and must not be mistaken for a network failure.
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
