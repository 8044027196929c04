/** A clock that moves only when a test advances it. */
export type TestClock = { read: () => number; advance(ms: number): void };

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export function testClock(start = '2026-03-02T08:00:00.000Z'): TestClock {
  let now = Date.parse(start);
  return {
    read: () => now,
    advance(ms) {
      now += ms;
    },
  };
}
