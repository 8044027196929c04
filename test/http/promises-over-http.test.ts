import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../functions/contract/integration.ts';
import { brokenPromises } from '../support/broken-promises.ts';
import { faultKinds, type NetworkFault } from '../support/network-fault.ts';
import { CANARY } from '../support/observed.ts';
import { live, type Step, steps } from '../support/poll-step.ts';
import { HOUR_MS, MINUTE_MS } from '../support/test-clock.ts';
import { type HttpWorld, startHttpWorld } from './http-world.ts';

/**
 * `HISTORIES=200 npx vitest run test/http` runs more histories. `SEED=17 HISTORIES=1` repeats one. The seed
 * determines the changes and the faults; the order of concurrent calls depends on the machine.
 */
const HISTORIES = Number(process.env['HISTORIES'] ?? 15);
const SEED = Number(process.env['SEED'] ?? 1);
const seeds = Array.from({ length: HISTORIES }, (_, at) => SEED + at);

const SEATS = 8;
/** The limit is high, because otherwise small schools would be held at every second step. */
const NEVER_HELD = { surgeFloor: 1_000_000 };

type Life = {
  history: Step[];
  baseline: Baseline;
  skewMs: number;
  learnerDetails: 'omit' | 'include';
};

const lives = (isRestless: boolean): fc.Arbitrary<Life> =>
  fc.record({
    history: steps(SEATS, isRestless),
    baseline: fc.constantFrom<Baseline[]>({ mode: 'silent' }, { mode: 'publish' }),
    skewMs: fc.constantFrom(0, -47 * MINUTE_MS - 1, 3 * HOUR_MS + 999),
    learnerDetails: fc.constantFrom('omit' as const, 'include' as const),
  });

const struck = new Set<NetworkFault['kind']>();

async function lived(seed: number, network: 'sound' | 'faulty'): Promise<void> {
  // In every second school, the order of the pages changes while they are read.
  const isRestless = seed % 2 === 0;
  const [life] = fc.sample(fc.noBias(lives(isRestless)), { seed, numRuns: 1 });
  if (life === undefined) throw new Error('no life');
  const poller = await startHttpWorld({
    baseline: life.baseline,
    settings: { ...NEVER_HELD, learnerDetails: life.learnerDetails },
    skewMs: life.skewMs,
    faultSeed: network === 'faulty' ? seed : null,
  });
  try {
    await live(poller, life.history);
    // Showing every field again changes every record, so that a missed change would be read as well.
    const { missed } = await poller.becomeQuiet();
    poller.school.showEverything();
    await poller.becomeQuiet();
    for (const kind of poller.struck()) struck.add(kind);

    expect(poller.surprises).toEqual([]);
    expect(brokenPromises(await poller.traces(), poller.observed())).toEqual([]);
    if (!isRestless) expect({ missed }).toEqual({ missed: 0 });
    // The reports of the runs are logged.
    expect(JSON.stringify(poller.outcomes)).not.toContain(CANARY);
    await expectSilence(poller);
  } finally {
    await poller.close();
  }
}

/**
 * Everything is read again, in other pages and in another order. Nothing may be published, and no progression
 * may be written.
 */
async function expectSilence(poller: HttpWorld): Promise<void> {
  const before = poller.counts();
  poller.kombo.pageSize = 3;
  Object.assign(poller, { shuffle: 17, repeats: true });
  for (const mode of ['incremental', 'reconcile'] as const) {
    poller.clock.advance(HOUR_MS);
    expect(await poller.poll({ mode })).toMatchObject({ kind: 'ended' });
  }
  expect(poller.counts()).toEqual(before);
}

test.each(seeds)('no promise is broken through the real adapters over HTTP (seed %i)', (seed) =>
  lived(seed, 'sound'),
);

describe('a network that loses, delays, cuts and refuses', () => {
  test.each(seeds)(
    'no promise is broken through a network that loses, delays, cuts and refuses (seed %i)',
    (seed) => lived(seed, 'faulty'),
  );

  test.runIf(HISTORIES >= 10)('the histories of these tests contain every kind of network fault', () => {
    expect([...struck].sort()).toEqual([...faultKinds].sort());
  });
});
