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
 * The number of histories. `HISTORIES=200 npx vitest run test/http` runs more, and `SEED=17 HISTORIES=1`
 * repeats one of them. The seed determines the changes and the faults. The order of concurrent calls depends
 * on the machine.
 */
const HISTORIES = Number(process.env['HISTORIES'] ?? 15);
const SEED = Number(process.env['SEED'] ?? 1);
const seeds = Array.from({ length: HISTORIES }, (_, at) => SEED + at);

const SEATS = 8;
/** A limit so high that no change is held. With the default limit, small schools would often be held. */
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
  // In every second school, the order of the records may change from page to page.
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
    // When Kombo shows all fields again, every record counts as updated, so the next poll reads all records
    // and would publish a change that was missed.
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
 * Checks that no event is published and nothing is put into the table when every record is read again, on
 * other pages and in another order.
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

test.each(seeds)(
  'no promise of the README is broken when random schools are polled with the real adapters over HTTP (seed %i)',
  (seed) => lived(seed, 'sound'),
);

describe('a network that loses, delays, cuts off and refuses requests', () => {
  test.each(seeds)(
    'no promise of the README is broken when the network loses, delays, cuts off and refuses requests (seed %i)',
    (seed) => lived(seed, 'faulty'),
  );

  test.runIf(HISTORIES >= 10)(
    'the polls of the random schools over HTTP have had every kind of network fault',
    () => {
      expect([...struck].sort()).toEqual([...faultKinds].sort());
    },
  );
});
