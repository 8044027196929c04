const MINUTE_MS = 60 * 1000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;

/** The maximum length of a window. If a server names a longer window, six hours are used instead. */
const LONGEST_WINDOW_MS = 6 * 60 * MINUTE_MS;

/** One window blocks all integrations for this time at most: Kombo may count each integration separately. */
const LONGEST_SHARED_MS = 15 * MINUTE_MS;

export type RateLimit = ReturnType<typeof createRateLimit>;

/** Creates an object that knows until when Kombo accepts no requests. All calls of a client share it. */
export function createRateLimit() {
  let openAt = 0;
  const close = (ms: number) => {
    openAt = Math.max(openAt, Date.now() + Math.min(ms, LONGEST_SHARED_MS));
  };
  return {
    /** Milliseconds until the next request is allowed: at most 15 minutes, even if the clock was set back. */
    closedMs: () => Math.min(Math.max(0, openAt - Date.now()), LONGEST_SHARED_MS),
    close,
    /** Blocks requests until the next window if the headers say that no request is left in this one. */
    observe({ headers }: Response): void {
      const remaining = headers.get('ratelimit-remaining')?.trim();
      if (remaining && Number(remaining) <= 0) close(windowMs(headers) ?? 0);
    },
  };
}

/** Returns the milliseconds until the next window (at most six hours), or null without a valid header. */
export function windowMs(headers: Headers): number | null {
  const ms = retryAfterMs(headers) ?? resetMs(headers);
  return ms === null ? null : Math.min(ms, LONGEST_WINDOW_MS);
}

/** Some servers send seconds since 1970 instead of a duration: a value of 30 years or more means this. */
function resetMs(headers: Headers): number | null {
  const ms = secondsOf(headers.get('ratelimit-reset'));
  return ms === null || ms < 30 * YEAR_MS ? ms : untilMs(ms, headers);
}

/** Returns null without a valid `Retry-After`, which has seconds, or a date by the server's own clock. */
export function retryAfterMs(headers: Headers): number | null {
  const value = headers.get('retry-after');
  const ms = secondsOf(value);
  if (ms !== null) return ms;
  return untilMs(Date.parse(value ?? ''), headers);
}

/** Returns the milliseconds from the response's `Date` to `at`, or null if one of them is not valid. */
function untilMs(at: number, headers: Headers): number | null {
  const ms = at - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}

function secondsOf(value: string | null): number | null {
  return /^\d+(\.\d+)?$/.test(value?.trim() ?? '') ? Number(value) * 1000 : null;
}
