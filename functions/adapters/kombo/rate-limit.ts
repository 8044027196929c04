const MINUTE_MS = 60 * 1000;
const YEAR_MS = 365 * 24 * 60 * MINUTE_MS;

/** A server that names a longer window is asked again all the same. */
const LONGEST_WINDOW_MS = 6 * 60 * MINUTE_MS;

/** Whether Kombo counts by key or by integration is not known: one integration's window stops no other for longer. */
const LONGEST_SHARED_MS = 15 * MINUTE_MS;

/** What is known of Kombo's limit on requests. All calls of a client share it. */
export type RateLimit = {
  /** For how many milliseconds no request is to be made; 0: one may be made now. */
  closedMs(): number;
  /** Kombo takes no request for this many milliseconds. */
  close(ms: number): void;
  /** Reads the headers of an answer: after the last request of a window, none is to be made before the next one. */
  observe(response: Response): void;
};

export function createRateLimit(): RateLimit {
  let openAt = 0;
  const close = (ms: number) => {
    openAt = Math.max(openAt, Date.now() + Math.min(ms, LONGEST_SHARED_MS));
  };
  return {
    // The clock may have been set back meanwhile.
    closedMs: () => Math.min(Math.max(0, openAt - Date.now()), LONGEST_SHARED_MS),
    close,
    observe({ headers }) {
      const remaining = headers.get('ratelimit-remaining')?.trim();
      if (remaining && Number(remaining) <= 0) close(windowMs(headers) ?? 0);
    },
  };
}

/**
 * Until the next window, in milliseconds: `Retry-After`, which is meant for the request that was refused, before
 * `RateLimit-Reset`. Null where neither says.
 */
export function windowMs(headers: Headers): number | null {
  const ms = retryAfterMs(headers) ?? resetMs(headers);
  return ms === null ? null : Math.min(ms, LONGEST_WINDOW_MS);
}

/** Some servers write a time in seconds since 1970 instead of a number of seconds. No window lasts 30 years. */
function resetMs(headers: Headers): number | null {
  const ms = secondsOf(headers.get('ratelimit-reset'));
  return ms === null || ms < 30 * YEAR_MS ? ms : Math.max(0, ms - servedMs(headers));
}

/** `Retry-After` in milliseconds: a number of seconds, or a date by the server's own clock. */
export function retryAfterMs(headers: Headers): number | null {
  const value = headers.get('retry-after');
  const ms = secondsOf(value);
  if (ms !== null) return ms;
  const pauseMs = Date.parse(value ?? '') - servedMs(headers);
  return Number.isNaN(pauseMs) ? null : Math.max(0, pauseMs);
}

/** The server's own clock; NaN where it does not say. */
function servedMs(headers: Headers): number {
  return Date.parse(headers.get('date') ?? '');
}

function secondsOf(value: string | null): number | null {
  return /^\d+(\.\d+)?$/.test(value?.trim() ?? '') ? Number(value) * 1000 : null;
}
