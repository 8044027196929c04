/**
 * Virtual time, which advances only when no other work is left. Hours take milliseconds, and a run can be
 * repeated exactly.
 */
export type VirtualTime = {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Calls a function after some virtual time. Returns a function that cancels the call. */
  after(ms: number, callback: () => void): () => void;
  /**
   * Runs a task with the global clock and timers replaced, until it settles.
   * @throws when the task waits for something that will never happen, or takes more steps than `stepLimit`
   */
  run<T>(task: () => Promise<T>): Promise<T>;
};

type Timer = { at: number; order: number; callback: () => void };

/** Thrown when the task cannot end, because it waits for something that never happens or because it loops. */
export class StuckError extends Error {
  override readonly name = 'StuckError';
}

const realSetImmediate = globalThis.setImmediate;
/** Runs all work that does not need time to pass: first the promises, then the phases of the event loop. */
const settle = () => new Promise<void>((resolve) => realSetImmediate(resolve));

export function virtualTime(start: number, stepLimit: number, install: InstallTime): VirtualTime {
  const timers: Timer[] = [];
  let now = start;
  let order = 0;

  const after = (ms: number, callback: () => void) => {
    const timer = { at: now + Math.max(0, ms), order: order++, callback };
    // The timers, the latest first. There are few of them, and the next timer is taken from the end.
    let place = timers.length;
    while (place > 0 && isEarlier(timers[place - 1], timer)) place--;
    timers.splice(place, 0, timer);
    return () => {
      const found = timers.indexOf(timer);
      if (found >= 0) timers.splice(found, 1);
    };
  };

  return {
    now: () => now,
    after,
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    async run(task) {
      const uninstall = install({ now: () => now, after });
      let isDone = false;
      try {
        const result = task().finally(() => {
          isDone = true;
        });
        // Without this, a rejection before the `await` below would count as unhandled.
        result.catch(() => undefined);
        await settle();
        for (let steps = 0; !isDone; steps++) {
          const timer = timers.pop();
          if (timer === undefined) throw new StuckError('waits for something that will never happen');
          if (steps > stepLimit) throw new StuckError(`not at its end after ${stepLimit} steps`);
          now = Math.max(now, timer.at);
          timer.callback();
          await settle();
        }
        return await result;
      } finally {
        uninstall();
      }
    },
  };
}

/** Replaces the global clock and timers. Returns a function that restores them. */
export type InstallTime = (time: Pick<VirtualTime, 'now' | 'after'>) => () => void;

function isEarlier(a: Timer | undefined, b: Timer): boolean {
  return a !== undefined && (a.at < b.at || (a.at === b.at && a.order < b.order));
}
