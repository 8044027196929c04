const MINUTE_MS = 60 * 1000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;

/** The maximum length of a window. If a server names a longer window, six hours are used instead. */
const LONGEST_WINDOW_MS = 6 * 60 * MINUTE_MS;

/**
 * The longest time for which one window blocks the requests of all integrations. It is limited because Kombo
 * may count the requests of each integration separately.
 */
const LONGEST_SHARED_MS = 15 * MINUTE_MS;

export type RateLimit = ReturnType<typeof createRateLimit>;

/** Creates an object that knows until when Kombo accepts no requests. All calls of a client share it. */
export function createRateLimit() {
  let openAt = 0;
  /** Blocks requests for `ms` milliseconds, but for at most 15 minutes. */
  const close = (ms: number) => {
    openAt = Math.max(openAt, Date.now() + Math.min(ms, LONGEST_SHARED_MS));
  };
  return {
    /**
     * Returns the number of milliseconds until the next request may be made; 0 if it may be made now. The
     * result is at most 15 minutes, even if the clock was set back.
     */
    closedMs: () => Math.min(Math.max(0, openAt - Date.now()), LONGEST_SHARED_MS),
    close,
    /**
     * Reads the headers of a response. If they say that no request is left in the present window, blocks
     * requests until the next window.
     */
    observe({ headers }: Response): void {
      const remaining = headers.get('ratelimit-remaining')?.trim();
      if (remaining && Number(remaining) <= 0) close(windowMs(headers) ?? 0);
    },
  };
}

/**
 * Returns the number of milliseconds until the next window: from `Retry-After` if the response has it,
 * otherwise from `RateLimit-Reset`. The result is at most six hours. Returns null if the response has neither
 * header.
 */
export function windowMs(headers: Headers): number | null {
  const ms = retryAfterMs(headers) ?? resetMs(headers);
  return ms === null ? null : Math.min(ms, LONGEST_WINDOW_MS);
}

/**
 * Returns `RateLimit-Reset` in milliseconds from now. Some servers send a time in seconds since 1970 instead
 * of a duration in seconds. A value of 30 years or more is taken as such a time, because no window lasts that
 * long. Returns null without a valid header, or for such a time without a `Date` header.
 */
function resetMs(headers: Headers): number | null {
  const ms = secondsOf(headers.get('ratelimit-reset'));
  return ms === null || ms < 30 * YEAR_MS ? ms : untilMs(ms, headers);
}

/**
 * Returns `Retry-After` in milliseconds from now, or null without a valid header. The header has a number of
 * seconds, or a date by the server's own clock.
 */
export function retryAfterMs(headers: Headers): number | null {
  const value = headers.get('retry-after');
  const ms = secondsOf(value);
  if (ms !== null) return ms;
  return untilMs(Date.parse(value ?? ''), headers);
}

/**
 * Returns the milliseconds from the response's `Date` header to `at`, or null if one of them is not valid.
 */
function untilMs(at: number, headers: Headers): number | null {
  const ms = at - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function secondsOf(value: string | null): number | null {
  return /^\d+(\.\d+)?$/.test(value?.trim() ?? '') ? Number(value) * 1000 : null;
}
