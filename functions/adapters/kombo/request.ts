import pRetry from 'p-retry';
import { isRunError, TransientError } from '../../core/errors.ts';

/** How long to try. */
export type Patience = {
  /** For one attempt, its body included. */
  attemptMs: number;
  /** For all attempts together, and the waits between them. */
  totalMs: number;
  firstDelayMs: number;
};

/** A person at a terminal waits no longer. */
export const PATIENCE: Patience = { attemptMs: 15_000, totalMs: 30_000, firstDelayMs: 250 };

/** Kombo asked for a pause before the next attempt. */
export class PauseAsked extends Error {
  readonly pauseMs: number;

  constructor(pauseMs: number, cause: TransientError) {
    super('Kombo asked for a pause', { cause });
    this.pauseMs = pauseMs;
  }
}

/**
 * Makes attempts until one succeeds, the error is not one that passes, or the time is up. Waits double, with jitter; a
 * `PauseAsked` sets the wait itself.
 *
 * @param attempt must end when its signal aborts; throws `TransientError` or `PauseAsked` for what may pass
 * @param host named when nothing there answers
 * @throws the last attempt's error
 */
export async function persist<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  { patience, host, signal }: { patience: Patience; host: string; signal: AbortSignal | undefined },
): Promise<T> {
  const deadline = Date.now() + patience.totalMs;
  try {
    return await pRetry(() => timed(attempt, { patience, deadline, host, signal }), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: patience.firstDelayMs,
      maxTimeout: 5_000,
      randomize: true,
      ...(signal && { signal }),
      async onFailedAttempt({ error }) {
        if (error instanceof PauseAsked && Date.now() + error.pauseMs < deadline)
          await pause(error.pauseMs, signal);
      },
      shouldRetry({ error, retryDelay }) {
        if (error instanceof PauseAsked) return Date.now() + error.pauseMs < deadline;
        return error instanceof TransientError && Date.now() + retryDelay < deadline;
      },
    });
  } catch (error) {
    throw error instanceof PauseAsked ? error.cause : error;
  }
}

async function timed<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  {
    patience,
    deadline,
    host,
    signal,
  }: { patience: Patience; deadline: number; host: string; signal: AbortSignal | undefined },
): Promise<T> {
  const controller = new AbortController();
  const limit = Math.max(1, Math.min(patience.attemptMs, deadline - Date.now()));
  const timer = setTimeout(() => controller.abort(), limit);
  const leave = () => controller.abort();
  signal?.addEventListener('abort', leave, { once: true });
  if (signal?.aborted) controller.abort();
  try {
    return await attempt(controller.signal);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    if (isRunError(error) || error instanceof PauseAsked || !isNetworkError(error)) throw error;
    const what = controller.signal.aborted
      ? `did not answer within ${limit / 1000} s`
      : `cannot be reached (${causeOf(error)})`;
    throw new TransientError(`${host} ${what}: check the network and KOMBO_BASE_URL`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
  }
}

/** `fetch` throws a TypeError when the network fails, and an AbortError when it is cancelled. */
function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError || (error instanceof Error && error.name === 'AbortError');
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
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
