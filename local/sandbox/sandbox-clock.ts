/** The time that a sandbox lives in, in milliseconds since 1970. */
export type SandboxClock = {
  now(): number;
  /** Lets time jump forward. */
  advance(ms: number): void;
};

/** Time that does not pass by itself. */
export function steppedClock(startsAt: number): SandboxClock {
  let now = startsAt;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}

/**
 * Time that runs `speed` times as fast as the machine's from `startsAt` on, where the machine's clock stood at
 * `startedAt`: with both kept, a process that comes back finds the time where it would have been.
 */
export function runningClock(
  { startsAt, startedAt, speed }: { startsAt: number; startedAt: number; speed: number },
  machine: () => number = Date.now,
): SandboxClock {
  let jumped = 0;
  return {
    now: () => startsAt + Math.floor((machine() - startedAt) * speed) + jumped,
    advance: (ms) => {
      jumped += ms;
    },
  };
}
