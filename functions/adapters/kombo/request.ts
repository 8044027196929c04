import pRetry from 'p-retry';
import { TransientError } from '../../core/errors.ts';

/** How long to try, in milliseconds. */
export type Patience = {
  /** For one attempt, its body included. */
  attemptMs: number;
  /** For all attempts together, and the waits between them. */
  totalMs: number;
  firstDelayMs: number;
};

/** A person at a terminal waits no longer. */
export const PATIENCE: Patience = { attemptMs: 15_000, totalMs: 30_000, firstDelayMs: 250 };
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

type Limits = { patience: Patience; host: string; signal: AbortSignal | undefined };

/**
 * Makes attempts until one succeeds, the error is not one that passes, or the time is up. Waits double, with jitter, and
 * come after a pause that `PauseAsked` names. A pause that the time does not allow is not begun.
 *
 * @param attempt must end when its signal aborts; throws `TransientError` or `PauseAsked` for what may pass
 * @param limits.host named when nothing there answers
 * @throws the last attempt's error; the signal's reason once it aborts
 */
export async function persist<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  { patience, host, signal }: Limits,
): Promise<T> {
  // p-retry's own time limit reads a clock that does not stand still in a simulation.
  const deadline = Date.now() + patience.totalMs;
  try {
    return await pRetry(() => timed(attempt, deadline, { patience, host, signal }), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: patience.firstDelayMs,
      maxTimeout: Math.max(LONGEST_DELAY_MS, patience.firstDelayMs),
      randomize: true,
      ...(signal && { signal }),
      async shouldRetry({ error, retryDelay }) {
        const pauseMs = error instanceof PauseAsked ? error.pauseMs : 0;
        const passes = error instanceof TransientError || error instanceof PauseAsked;
        if (!passes || Date.now() + pauseMs + retryDelay >= deadline) return false;
        if (pauseMs > 0) await pause(pauseMs, signal);
        return true;
      },
    });
  } catch (error) {
    throw error instanceof PauseAsked ? error.cause : error;
  }
}

async function timed<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  deadline: number,
  { patience, host, signal }: Limits,
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
 * cancelled. Any other TypeError is a mistake in this program, and must not pass for the weather.
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
