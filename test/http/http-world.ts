import { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { Baseline, Integration } from '../../functions/contract/integration.ts';
import { type LearningEvent, learningEvents } from '../../functions/contract/learning-events.ts';
import { TransientError } from '../../functions/core/errors.ts';
import { type PollOutcome, type PollRequest, runPoll } from '../../functions/core/poll/run-poll.ts';
import type { Ports, RunSettings } from '../../functions/core/ports.ts';
import type { DeliveredEvent } from '../../local/bus/bus.ts';
import type { Traces } from '../support/broken-promises.ts';
import { startFaultyBus } from '../support/faulty-bus.ts';
import { viewOf } from '../support/fixed-records.ts';
import type { NetworkFault } from '../support/network-fault.ts';
import type { Stage } from '../support/poll-step.ts';
import { pollToTheEnd } from '../support/poll-to-the-end.ts';
import { pollWithFault } from '../support/poll-with-fault.ts';
import { observedFromRaw } from '../support/raw-progression.ts';
import { startSandboxKombo } from '../support/sandbox-kombo.ts';
import { school } from '../support/school-model.ts';
import { inShownOrder } from '../support/shown-order.ts';
import { startEngine } from '../support/start-engine.ts';
import { HOUR_MS, testClock } from '../support/test-clock.ts';
import { SETTINGS } from '../support/world.ts';
import { startProxies } from './proxies.ts';
import { storedTraces } from './stored-traces.ts';
import { BUS, hastyWire, patientWire } from './wire.ts';

/**
 * An integration whose Kombo shows a changing school. Kombo, the store and the bus are called over real HTTP.
 */
export type HttpWorld = Stage & {
  /** The errors of polls that threw an error although no such fault was planned. */
  surprises: unknown[];
  outcomes: PollOutcome[];
  /** The kinds of network fault that occurred. */
  struck(): NetworkFault['kind'][];
  /** Ends the faults, polls until nothing is left to do, and then reconciles. */
  becomeQuiet(): Promise<{ missed: number }>;
  poll(request?: Partial<PollRequest>): Promise<PollOutcome>;
  /**
   * Returns the number of writes to the table by `poll` and `becomeQuiet`, and the number of events on the
   * bus.
   */
  counts(): { puts: number; events: number };
  observed(): ReturnType<typeof observedFromRaw>[];
  traces(): Promise<Traces>;
  close(): Promise<void>;
};

/**
 * Starts an integration that is reached over HTTP, with its own table and bus.
 *
 * @param options.faultSeed the seed of the network's faults; null for a network without faults
 */
export async function startHttpWorld(options: {
  baseline: Baseline;
  settings: Partial<RunSettings>;
  skewMs: number;
  faultSeed: number | null;
}): Promise<HttpWorld> {
  const { baseline, skewMs, faultSeed } = options;
  const settings = { ...SETTINGS, ...options.settings };
  const clock = testClock();
  const addedAt = new Date(clock.read()).toISOString();
  const integration: Integration = { id: 'moodle:test', state: 'active', baseline, addedAt };
  const komboNow = () => clock.read() + skewMs;
  const model = school(komboNow);
  const kombo = await startSandboxKombo({
    integration: integration.id,
    now: komboNow,
    records: {
      at: () =>
        viewOf(
          inShownOrder(model.records(), poller).map(({ raw, updatedAt }) => ({
            record: raw,
            changedAt: updatedAt,
          })),
        ),
    },
  });
  const engine = await startEngine();
  const published: LearningEvent[] = [];
  const bus = await startFaultyBus({
    onEvent: (event) => void published.push(...learningEvent(event)),
    buses: [BUS],
  });

  const origins = { kombo: new URL(kombo.url).origin, dynamoDb: engine.endpoint, eventBridge: bus.endpoint };
  const proxies = faultSeed === null ? null : await startProxies(origins, faultSeed);
  const hasty = hastyWire(proxies?.origins ?? origins, engine.table);
  const patient = patientWire(origins, engine.table);
  const portsOf = (wire: typeof hasty): Ports => ({ ...wire.ports, clock: clock.read });

  let owners = 0;
  const requestOf = (request: Partial<PollRequest>): PollRequest => {
    owners += 1;
    return { integration, owner: `worker-${owners}`, timeLeft: () => true, ...request };
  };
  const poller: HttpWorld = {
    school: model,
    clock,
    kombo,
    shuffle: 0,
    repeats: false,
    bus: { fails: () => false, failure: new TransientError('the bus did not take it') },
    surprises: [],
    outcomes: [],
    async pollWithFault(fault, request) {
      const ending = await pollWithFault(portsOf(hasty), settings, requestOf(request), fault);
      if (ending.outcome === 'threw' && fault?.kind !== 'surprises') poller.surprises.push(ending.error());
      if (typeof ending.outcome === 'object') poller.outcomes.push(ending.outcome);
      return ending;
    },
    async poll(request = {}) {
      const outcome = await runPoll(portsOf(patient), settings, requestOf(request));
      poller.outcomes.push(outcome);
      return outcome;
    },
    async becomeQuiet() {
      kombo.beforePage = () => undefined;
      kombo.cursorsRefused = 0;
      poller.bus.fails = () => false;
      for (const proxy of proxies?.all ?? []) await proxy.calm();
      clock.advance(HOUR_MS);
      await pollToTheEnd(poller);
      clock.advance(HOUR_MS);
      await pollToTheEnd(poller, 'reconcile');
      const place = await patient.ports.store.readCheckpoint(integration.id);
      return { missed: place?.checkpoint.lastReconciliation?.missed ?? 0 };
    },
    struck: () => proxies?.all.flatMap(({ struck }) => [...struck]) ?? [],
    counts: () => ({
      puts: (patient.counts.putItem ?? 0) + (patient.counts.batchExecuteStatement ?? 0),
      events: published.length,
    }),
    observed: () => model.records().map(({ raw }) => observedFromRaw(raw)),
    async traces() {
      const ids = model.records().map(({ raw }) => raw.id);
      const from = { store: patient.ports.store, dynamoDb: patient.dynamoDb, table: engine.table };
      return { bus: { published }, store: await storedTraces(from, integration.id, ids) };
    },
    async close() {
      hasty.close();
      patient.close();
      for (const part of [...(proxies?.all ?? []), kombo, bus, engine]) await part.close();
    },
  };
  bus.failEntries({
    code: 'InternalFailure',
    matches: (event) => learningEvent(event).some((learning) => poller.bus.fails(learning)),
  });
  return poller;
}

/** Returns the learning event in a list, or an empty list for an operational event. */
function learningEvent(event: DeliveredEvent): LearningEvent[] {
  const type = LearningEventType.safeParse(event['detail-type']);
  return type.success ? [{ type: type.data, detail: learningEvents[type.data].parse(event.detail) }] : [];
}
