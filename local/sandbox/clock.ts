const HOUR_MS = 3_600_000;

export const hours = (count: number): number => count * HOUR_MS;

export const days = (count: number): number => count * 24 * HOUR_MS;

/** The time of a sandbox, in milliseconds since 1970. */
export type SandboxClock = { now(): number };

/** Returns a clock that only `advance` changes. `startsAt` is in milliseconds since 1970. */
export function steppedClock(startsAt: number) {
  let now = startsAt;
  return {
    now: () => now,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

/** The clock starts at the machine's time and runs `speed` times as fast. */
export function runningClock(speed: number, machine: () => number = Date.now): SandboxClock {
  const startsAt = machine();
  return { now: () => startsAt + Math.floor((machine() - startsAt) * speed) };
}
