import type { LearningEventType } from '../../functions/contract/event-parts.ts';
import type { Baseline, Integration } from '../../functions/contract/integration.ts';
import { type PollOutcome, type PollRequest, runPoll } from '../../functions/core/poll/run-poll.ts';
import type { Ports, RunSettings } from '../../functions/core/ports.ts';
import type { ObservedProgression } from '../../functions/core/state/progression.ts';
import { type FakeKombo, fakeKombo, type Shown } from './fake-kombo.ts';
import type { Fault } from './faulty-ports.ts';
import { type MemoryStore, memoryStore } from './memory-store.ts';
import { type Ending, pollWithFault } from './poll-with-fault.ts';
import { type RecordingPublisher, recordingPublisher } from './recording-publisher.ts';
import { MINUTE_MS, type TestClock, testClock } from './test-clock.ts';

/** One integration with all its ports: a Kombo, a table, a bus and a clock. */
export type World = {
  clock: TestClock;
  kombo: FakeKombo;
  store: MemoryStore;
  bus: RecordingPublisher;
  integration: Integration;
  settings: RunSettings;
  ports: Ports;
  /** The records that Kombo shows, unless `kombo.show` is replaced. */
  shown: Shown[];
  /** Adds a record to Kombo, or replaces the record with its id. Its update time is the present time. */
  put(...records: ObservedProgression[]): void;
  poll(request?: Partial<PollRequest>): Promise<PollOutcome>;
  /** Runs a poll with a fault, and returns how it ended. */
  pollWithFault(fault: Fault | null, request?: Partial<PollRequest>): Promise<Ending>;
  types(): LearningEventType[];
};

export const SETTINGS: RunSettings = {
  overlapMs: 15 * MINUTE_MS,
  learnerDetails: 'omit',
  leaseMs: 2 * MINUTE_MS,
  surgeShare: 0.1,
  surgeFloor: 25,
  reconcileSliceMs: MINUTE_MS,
};

export function world(baseline: Baseline = { mode: 'silent' }, settings: Partial<RunSettings> = {}): World {
  const clock = testClock();
  const shown: Shown[] = [];
  const kombo = fakeKombo(clock, () => shown);
  const integration: Integration = {
    id: 'moodle:test',
    state: 'active',
    baseline,
    addedAt: new Date(clock.read()).toISOString(),
  };
  const store = memoryStore(integration.id);
  const bus = recordingPublisher();
  const ports: Ports = { kombo, store, publisher: bus, clock: clock.read };
  let owners = 0;
  const requestOf = (request: Partial<PollRequest>): PollRequest => {
    owners += 1;
    return { integration, owner: `worker-${owners}`, timeLeft: () => true, ...request };
  };
  const all = { ...SETTINGS, ...settings };
  return {
    clock,
    kombo,
    store,
    bus,
    integration,
    settings: all,
    ports,
    shown,
    put(...records) {
      for (const observed of records) {
        const record = { observed, updatedAt: clock.read() + kombo.skewMs };
        const at = shown.findIndex((other) => other.observed.state.id === observed.state.id);
        if (at >= 0) shown[at] = record;
        else shown.push(record);
      }
    },
    poll: (request = {}) => runPoll(ports, all, requestOf(request)),
    pollWithFault: (fault, request = {}) => pollWithFault(ports, all, requestOf(request), fault),
    types: () => bus.published.map(({ type }) => type),
  };
}
