import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Trace } from './trace.ts';
import type { VirtualTime } from './virtual-time.ts';

/**
 * The process of a worker. Everything that the worker sends and receives passes through this process, so that
 * it can be killed or frozen between any two steps.
 */
export type WorkerProcess = {
  readonly name: string;
  /** Kills the process, which then sends nothing and receives no response any more. */
  kill(): void;
  isAlive(): boolean;
  /** Settles when the process is killed. */
  readonly killed: Promise<void>;
  /**
   * Makes one request and waits for its response.
   *
   * @param effect the effect of the request in the other system, which happens even if the process is killed
   *   meanwhile
   */
  request<T>(what: string, effect: () => T, latency?: Latency): Promise<T>;
};

/** The latency to the other system and back, in milliseconds. */
export type Latency = { there: number; back: number };

type World = { time: VirtualTime; random: Random; faults: Faults; trace: Trace };

/**
 * Creates the process of a worker.
 *
 * @param freezeMs the shortest duration of a freeze
 */
export function workerProcess(name: string, freezeMs: number, world: World): WorkerProcess {
  const { time, random, faults, trace } = world;
  const dead = Promise.withResolvers<void>();
  let isAlive = true;
  let frozenUntil = 0;

  const kill = () => {
    if (!isAlive) return;
    isAlive = false;
    trace.note(() => `${name} is killed`);
    dead.resolve();
  };

  /**
   * Kills or freezes the process if such a fault is due, and waits while the process is frozen. It is called
   * before anything is sent or received.
   */
  const step = async () => {
    if (isAlive && faults.strikes('killed')) kill();
    if (isAlive && faults.strikes('frozen')) {
      frozenUntil = time.now() + freezeMs + random.int(0, 3 * freezeMs);
      trace.note(() => `${name} is frozen for ${Math.round((frozenUntil - time.now()) / 1000)} s`);
    }
    while (isAlive && time.now() < frozenUntil) await time.sleep(frozenUntil - time.now());
    if (!isAlive) await never();
  };

  return {
    name,
    kill,
    isAlive: () => isAlive,
    killed: dead.promise,
    async request(what, effect, latency = latencyOf(random, faults)) {
      await step();
      await time.sleep(latency.there);
      trace.note(() => `${name} ${what}`);
      const outcome = attempt(effect);
      await time.sleep(latency.back);
      await step();
      if (!outcome.ok) {
        trace.note(() => `${name} ${what} -> ${describe(outcome.error)}`);
        throw outcome.error;
      }
      return outcome.value;
    },
  };
}

/**
 * Returns a latency of a few milliseconds, and sometimes of seconds, so that the steps of concurrent
 * processes interleave in any order.
 */
export function latencyOf(random: Random, faults: Faults): Latency {
  const oneWay = () => random.int(1, 20) * (faults.strikes('slow') ? random.int(10, 400) : 1);
  return { there: oneWay(), back: oneWay() };
}

/**
 * Returns a separate promise to each caller, because a shared promise would keep all callers in memory until
 * the program ends.
 */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

type Outcome<T> = { ok: true; value: T } | { ok: false; error: unknown };

function attempt<T>(effect: () => T): Outcome<T> {
  try {
    return { ok: true, value: effect() };
  } catch (error) {
    return { ok: false, error };
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
