import type { Random } from './random.ts';
import type { InstallTime } from './virtual-time.ts';

/**
 * Replaces the global clock, the timers and the randomness by virtual time and seeded numbers, because
 * libraries use them (p-retry, and the timeouts of the Kombo client). Returns a function that restores the
 * real ones.
 */
export function globalTime(random: Random): InstallTime {
  return (time) => {
    const real = {
      Date: globalThis.Date,
      setTimeout: globalThis.setTimeout,
      clearTimeout: globalThis.clearTimeout,
      setInterval: globalThis.setInterval,
      clearInterval: globalThis.clearInterval,
    };
    const realPerformanceNow = performance.now;
    const realRandom = Math.random;
    const realTimeout = AbortSignal.timeout;
    const realUuid = crypto.randomUUID;

    Object.assign(globalThis, {
      Date: dateAt(time.now),
      setTimeout: (callback: (...values: unknown[]) => void, ms = 0, ...values: unknown[]) =>
        timerOf(time.after(ms, () => callback(...values))),
      clearTimeout: cancel,
      setInterval: () => {
        throw new Error('the simulation has no intervals');
      },
      clearInterval: cancel,
    });
    performance.now = time.now;
    Math.random = random.next;
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController();
      time.after(ms, () => controller.abort(new DOMException('timed out', 'TimeoutError')));
      return controller.signal;
    };
    crypto.randomUUID = () => uuid(random);

    return () => {
      Object.assign(globalThis, real);
      performance.now = realPerformanceNow;
      Math.random = realRandom;
      AbortSignal.timeout = realTimeout;
      crypto.randomUUID = realUuid;
    };
  };
}

function dateAt(now: () => number): DateConstructor {
  return new Proxy(Date, {
    apply: (target) => new target(now()).toString(),
    construct: (target, values, asked) =>
      values.length === 0 ? new target(now()) : Reflect.construct(target, values, asked),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
}

type SimulatedTimer = { cancel(): void; ref(): SimulatedTimer; unref(): SimulatedTimer };

function timerOf(cancelTimer: () => void): SimulatedTimer {
  const timer: SimulatedTimer = { cancel: cancelTimer, ref: () => timer, unref: () => timer };
  return timer;
}

function cancel(timer: SimulatedTimer | undefined | null): void {
  timer?.cancel();
}

function uuid(random: Random) {
  const part = (digits: number) =>
    Math.floor(random.next() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${part(8)}-${part(4)}-4${part(3)}-a${part(3)}-${part(12)}` as const;
}
