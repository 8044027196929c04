import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import { createPublisher } from '../../functions/adapters/eventbridge/publisher.ts';
import { createKombo } from '../../functions/adapters/kombo/kombo.ts';
import type { Integration } from '../../functions/contract/integration.ts';
import type { PollMode } from '../../functions/contract/messages.ts';
import { decideHold } from '../../functions/core/episodes/hold.ts';
import type { Worker } from '../../functions/core/journal/worker.ts';
import { addAgain, changeState } from '../../functions/core/operator/operator-changes.ts';
import { retrySetAside } from '../../functions/core/operator/retry-set-aside.ts';
import { withLease } from '../../functions/core/operator/with-lease.ts';
import { runPoll } from '../../functions/core/poll/run-poll.ts';
import type { Ports, RunSettings } from '../../functions/core/ports.ts';
import type { Held } from '../../functions/core/state/checkpoint.ts';
import { grantedCalls } from '../support/granted-calls.ts';
import { outcomeWatch } from './checks/outcomes.ts';
import type { Accuse } from './checks/violation.ts';
import type { InvocationEnd } from './invocation-end.ts';
import { BASE_URL, simulatedKombo, wasProcessed } from './kombo/simulated-kombo.ts';
import { simulatedDynamoDb } from './table/simulated-dynamodb.ts';
import { simulatedEventBridge } from './world/simulated-eventbridge.ts';
import { type WorkerProcess, workerProcess } from './world/worker-process.ts';
import type { World } from './world/world.ts';

export const INTEGRATION = 'sandbox:simulated';

export type Invocations = {
  /**
   * Adds the integration as an operator. If this fails, no later command can pause or remove the integration.
   */
  add(): Promise<void>;
  /**
   * Runs a poll in a new process.
   *
   * @param accuse a function that is called when the outcome is wrong
   */
  poll(mode: PollMode | undefined, accuse: Accuse): Promise<InvocationEnd>;
  /**
   * Decides about held changes as an operator. The decision may fail.
   *
   * @param held the hold, or null if it is not known whether changes are held
   * @param accuse called if a decision was accepted before the count was complete
   */
  settle(held: Held | null, accuse: Accuse): Promise<void>;
  /** Runs an operator's command that pauses, resumes or removes the integration. It may fail. */
  change(state: Integration['state']): Promise<void>;
  /** Runs an operator's command that adds a removed integration again. It may fail. */
  addAgain(): Promise<void>;
  /** Runs an operator's command that retries all set-aside items. It may fail. */
  retrySetAside(): Promise<void>;
  /** Returns the ports of a new process, with which a check reads what is stored. */
  observer(): Ports;
};

/**
 * Creates the invocations of the function. Each runs in a separate process, with the real core and adapters
 * in the simulated world.
 */
export function invocations(world: World): Invocations {
  const { scenario, time, faults, random } = world;
  const watch = outcomeWatch(scenario, time.now);
  let count = 0;

  const start = () => workerProcess(`w${++count}`, scenario.leaseMs, world);
  const integration: Integration = {
    id: INTEGRATION,
    state: 'active',
    baseline: scenario.baseline,
    addedAt: new Date(scenario.start).toISOString(),
  };
  const settings: RunSettings = {
    overlapMs: scenario.overlapMs,
    learnerDetails: scenario.learnerDetails,
    leaseMs: scenario.leaseMs,
    surgeShare: scenario.surgeShare,
    surgeFloor: scenario.surgeFloor,
    reconcileSliceMs: scenario.reconcileSliceMs,
  };

  /** Runs an operator's command on the integration. Returns its result, or null if the command failed. */
  const operated = async <Result>(
    what: string,
    work: (worker: Worker) => Promise<Result>,
  ): Promise<Result | null> => {
    const process = start();
    const ends = watch.operates();
    const operation = withLease(portsOf(process, world), settings, integration, crypto.randomUUID(), work);
    const end = await Promise.race([operation.catch(() => null), process.killed.then(() => null)]);
    const result = end?.done === true ? end.result : null;
    ends(result !== null);
    world.trace.note(() => `${process.name} operator: ${what} ${result === null ? 'failed' : 'done'}`);
    return result;
  };

  return {
    async add() {
      const process = start();
      const adding = portsOf(process, world).store.changeIntegration(INTEGRATION, () => integration);
      await Promise.race([adding.catch(() => null), process.killed]);
    },
    async poll(mode, accuse) {
      const process = start();
      const ends = watch.begins();
      const deadline = time.now() + random.pick([20_000, 120_000, 900_000]);
      const running = runPoll(portsOf(process, world, 'poll'), settings, {
        integration,
        ...(mode && { mode }),
        owner: crypto.randomUUID(),
        timeLeft: () => time.now() < deadline && !faults.strikes('out-of-time'),
      });
      const end = await Promise.race([running, process.killed.then(() => ({ kind: 'killed' as const }))]);
      world.trace.note(() => `${process.name} ends: ${describeEnd(end)}`);
      ends(end, accuse);
      if (end.kind === 'ended') wasProcessed(world.service, process.name);
      world.counts.add(`poll: ${end.kind}`);
      return end;
    },
    async settle(held, accuse) {
      const by = random.chance(0.7) ? 'release' : 'discard';
      const from = time.now();
      const result = await operated(by, (worker) => decideHold(worker, by));
      world.counts.add(`operator: ${by} ${result?.kind ?? 'failed'}`);
      if (result !== null && result.kind !== 'decided') return;
      const decided = result?.held ?? held;
      if (decided === null) return;
      if (result !== null && decided.counting !== null) {
        accuse('a decision applies to counted changes', JSON.stringify(decided));
      }
      world.operator.decisions.push({
        by,
        from,
        until: time.now(),
        since: Date.parse(decided.since),
        changes: Math.max(decided.waiting.total, held?.waiting.total ?? 0),
        counted: result === null || decided.waiting.total > decided.sample.length ? [] : decided.sample,
      });
    },
    async retrySetAside() {
      await operated('retry', async (worker) =>
        retrySetAside(worker, await worker.ports.store.readSetAside(INTEGRATION)),
      );
    },
    async change(state) {
      await operated(state, (worker) => changeState(worker, state));
    },
    async addAgain() {
      const addedAt = new Date(time.now()).toISOString();
      await operated('add again', (worker) => addAgain(worker, { baseline: null, addedAt }));
    },
    observer: () => portsOf(start(), world),
  };
}

/**
 * Creates the ports of a process.
 *
 * @param who the role whose permissions for the table apply
 */
function portsOf(process: WorkerProcess, world: World, who: 'poll' | 'operators' = 'operators'): Ports {
  const { time, scenario, random } = world;
  const skew = random.int(-scenario.machineSkewMs, scenario.machineSkewMs);
  return {
    kombo: createKombo({
      baseUrl: BASE_URL,
      apiKey: async () => 'simulated-key',
      fetch: simulatedKombo(process, world),
    }),
    store: createStore({
      calls: grantedCalls(simulatedDynamoDb(process, world), who),
      table: 'schoolbell',
      retentionDays: 90,
    }),
    publisher: createPublisher({ putEvents: simulatedEventBridge(process, world), bus: 'schoolbell' }),
    clock: () => time.now() + skew,
  };
}

function describeEnd(end: InvocationEnd): string {
  return end.kind === 'failed' ? `failed: ${end.failure.message}` : end.kind;
}
