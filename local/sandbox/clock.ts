const HOUR_MS = 3_600_000;

/** Returns a number of hours in milliseconds. */
export const hours = (count: number): number => count * HOUR_MS;

/** Returns a number of days in milliseconds. */
export const days = (count: number): number => count * 24 * HOUR_MS;

/** The time of a sandbox, in milliseconds since 1970. */
export type SandboxClock = { now(): number };

/** Returns a clock that changes only when `advance` is called. */
export function steppedClock(startsAt: number) {
  let now = startsAt;
  return {
    now: () => now,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

/** Returns a clock that starts at the machine's time and runs `speed` times as fast. */
export function runningClock(speed: number, machine: () => number = Date.now): SandboxClock {
  const startsAt = machine();
  return { now: () => startsAt + Math.floor((machine() - startsAt) * speed) };
}
