import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Baseline } from '../../../functions/contract/integration.ts';
import { eventsOfEntry } from '../../../functions/core/decide/events-of-entry.ts';
import { brokenPromises } from '../../support/broken-promises.ts';
import { live, type Step, steps } from '../../support/poll-step.ts';
import { happening } from '../../support/school-history.ts';
import { hideable, type SchoolRecord } from '../../support/school-model.ts';
import { type SchoolWorld, schoolWorld } from '../../support/school-world.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../support/test-clock.ts';

const SEATS = 8;
/**
 * A limit so high that no change is held. With the default limit, small schools would often be held. Holds
 * have their own property tests.
 */
const NEVER_HELD = { surgeFloor: 1_000_000 };

const baseline: fc.Arbitrary<Baseline> = fc.constantFrom<Baseline[]>(
  { mode: 'silent' },
  { mode: 'publish' },
  { mode: 'since', date: '2026-03-02T08:10:00.000Z' },
);
const skewMs = fc.constantFrom(0, -47 * MINUTE_MS - 1, 3 * HOUR_MS + 999);
const learnerDetails = fc.constantFrom('omit' as const, 'include' as const);

type Life = { history: Step[]; baseline: Baseline; skewMs: number; learnerDetails: 'omit' | 'include' };
const lifeOf = (isRestless: boolean): fc.Arbitrary<Life> =>
  fc.record({ history: steps(SEATS, isRestless), baseline, skewMs, learnerDetails });

async function lived(life: Life): Promise<{ poller: SchoolWorld; missed: number }> {
  const settings = { ...NEVER_HELD, learnerDetails: life.learnerDetails };
  const poller = schoolWorld(life.baseline, settings, life.skewMs);
  await live(poller, life.history);
  // When Kombo shows all fields again, every record counts as updated, so the next poll reads all records and
  // would publish a change that was missed.
  const missed = await poller.becomeQuiet();
  poller.school.showEverything();
  await poller.becomeQuiet();
  return { poller, missed };
}

describe('random schools and interrupted polls', () => {
  test('in random schools, polls that are interrupted at random break none of the promises about events', async () => {
    await fc.assert(
      fc.asyncProperty(lifeOf(true), async (life) => {
        const { poller } = await lived(life);
        expect(brokenPromises(poller, poller.observed())).toEqual([]);
        expect(poller.store.place()).toMatchObject({
          lease: null,
          checkpoint: { health: { state: 'healthy' } },
        });
      }),
      { numRuns: 400 },
    );
  });

  test('in random schools whose pages keep their order, a reconciliation finds no change that the incremental runs missed', async () => {
    await fc.assert(
      fc.asyncProperty(lifeOf(false), async (life) => {
        const { poller, missed } = await lived(life);
        expect(brokenPromises(poller, poller.observed())).toEqual([]);
        expect(missed).toBe(0);
      }),
      { numRuns: 200 },
    );
  });

  test('in random schools, each event that the bus refuses permanently is set aside, and all other events are published', async () => {
    await fc.assert(
      fc.asyncProperty(lifeOf(true), fc.nat({ max: SEATS - 1 }), async (life, seat) => {
        const poller = schoolWorld({ mode: 'publish' }, NEVER_HELD, life.skewMs);
        poller.bus.refusal = ({ detail }) =>
          detail.progression.id === `progression${seat}` ? 'too large' : null;
        await live(poller, life.history);
        poller.school.showEverything();
        await poller.becomeQuiet();
        expect(brokenPromises(poller, poller.observed())).toEqual([]);
        const refused = [...poller.store.journal.values()]
          .flatMap((entry) => eventsOfEntry(entry, null))
          .filter(({ detail }) => detail.progression.id === `progression${seat}`);
        // Some histories contain an unknown status, which is set aside once.
        const statuses = poller.store.aside.filter(({ kind }) => kind === 'status').map(({ id }) => id);
        expect(['', 'WAITING_FOR_GODOT']).toContain(statuses.join());
        expect(
          new Set(poller.store.aside.filter(({ kind }) => kind !== 'status').map(({ id }) => id)),
        ).toEqual(new Set(refused.map(({ detail }) => detail.id)));
      }),
      { numRuns: 100 },
    );
  });
});

describe('schools in which nothing happens', () => {
  /** Generates the ways in which records can look different although nothing has happened. */
  const noise = fc.record({
    shuffle: fc.nat(),
    pageSize: fc.integer({ min: 1, max: 10 }),
    repeats: fc.boolean(),
    hidden: fc.subarray([...hideable]),
    touched: fc.array(
      fc.record({
        what: fc.constantFrom('touch' as const, 'rename' as const, 'show-odd-status' as const),
        seat: fc.nat({ max: SEATS - 1 }),
        lagMinutes: fc.constant(0),
      }),
    ),
    mode: fc.constantFrom('incremental' as const, 'reconcile' as const),
  });

  test('when Kombo shows unchanged records in another order, twice, renamed or with hidden fields, nothing is published or stored', async () => {
    const past = fc.array(happening(SEATS), { minLength: 5, maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(past, fc.array(noise, { minLength: 1, maxLength: 6 }), async (happened, noises) => {
        const poller = schoolWorld({ mode: 'silent' }, NEVER_HELD);
        for (const one of happened) {
          poller.school.happen(one);
          poller.clock.advance(MINUTE_MS);
        }
        poller.school.showEverything();
        await poller.becomeQuiet();
        const before = [
          poller.bus.published.length,
          poller.store.journal.size,
          poller.store.progressionWrites,
        ];
        for (const { shuffle, pageSize, repeats, hidden, touched, mode } of noises) {
          poller.clock.advance(HOUR_MS);
          Object.assign(poller, { shuffle, repeats });
          poller.kombo.pageSize = pageSize;
          for (const one of touched) poller.school.happen(one);
          for (const field of hidden) poller.school.happen({ what: 'hide', field });
          await poller.poll({ mode });
          for (const field of hidden) poller.school.happen({ what: 'show', field });
          await poller.poll({ mode });
        }
        expect([
          poller.bus.published.length,
          poller.store.journal.size,
          poller.store.progressionWrites,
        ]).toEqual(before);
      }),
      { numRuns: 150 },
    );
  });

  test('a silent first sync of a random school stores all records and publishes nothing', async () => {
    const past = fc.array(happening(SEATS), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(past, fc.integer({ min: 1, max: 9 }), async (happened, pageSize) => {
        const poller = schoolWorld({ mode: 'silent' }, {});
        for (const one of happened) poller.school.happen(one);
        poller.kombo.pageSize = pageSize;
        await poller.poll();
        expect(poller.bus.published).toEqual([]);
        expect(poller.store.known.size).toBe(poller.observed().length);
      }),
      { numRuns: 100 },
    );
  });
});

describe('a mass change', () => {
  const LIMIT = 5;
  const MANY = 40;
  const COUNTED = ['ProgressionRemoved', 'ProgressionRestored'];

  test("without a person's decision, no more removals and restorations than the limit are published within 24 hours, even after crashes", async () => {
    const turn = fc.record({
      first: fc.nat({ max: MANY - 1 }),
      count: fc.nat({ max: 12 }),
      what: fc.constantFrom('remove' as const, 'restore' as const),
      minutes: fc.constantFrom(1, 30, 300),
      pageSize: fc.integer({ min: 1, max: 20 }),
      mode: fc.constantFrom('incremental' as const, 'reconcile' as const),
      killedAt: fc.option(fc.integer({ min: 1, max: 40 }), { nil: null, freq: 2 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { minLength: 5, maxLength: 25 }), async (turns) => {
        const poller = schoolWorld({ mode: 'silent' }, { surgeFloor: LIMIT });
        for (let seat = 0; seat < MANY; seat += 1)
          poller.school.happen({ what: 'enrol', seat, lagMinutes: 0 });
        await poller.poll();
        const times: number[] = [];
        for (const { first, count, what, minutes, pageSize, mode, killedAt } of turns) {
          poller.clock.advance(minutes * MINUTE_MS);
          poller.kombo.pageSize = pageSize;
          for (let seat = first; seat < Math.min(MANY, first + count); seat += 1) {
            poller.school.happen({ what, seat, lagMinutes: 0 });
          }
          const before = distinct(poller).size;
          const fault =
            killedAt === null ? null : { at: killedAt, kind: 'killed' as const, tookEffect: true };
          await poller.pollWithFault(fault, { mode });
          for (let more = before; more < distinct(poller).size; more += 1) times.push(poller.clock.read());
        }
        for (const time of times) {
          const inADay = times.filter((other) => other > time - DAY_MS && other <= time);
          expect(inADay.length).toBeLessThanOrEqual(LIMIT);
        }
      }),
      { numRuns: 150 },
    );
  });

  const distinct = (poller: SchoolWorld) =>
    new Set(poller.bus.published.filter(({ type }) => COUNTED.includes(type)).map(({ detail }) => detail.id));
});

test('the random schools of these tests contain removed and erased records, null fields and unknown statuses', () => {
  const seen = new Set<string>();
  const look = ({ raw }: SchoolRecord) => {
    if (raw.remote_deleted_at !== null) seen.add('removed');
    if (raw.user === null) seen.add('erased');
    if (raw.status === null && raw.user !== null) seen.add('hidden');
    seen.add(raw.status ?? 'none');
  };
  fc.assert(
    fc.property(fc.array(happening(SEATS), { minLength: 50, maxLength: 100 }), (happened) => {
      const poller = schoolWorld({ mode: 'silent' }, {});
      for (const one of happened) {
        poller.school.happen(one);
        poller.school.records().forEach(look);
      }
    }),
    { numRuns: 50, seed: 1 },
  );
  expect([...seen].sort()).toEqual([
    'COMPLETED',
    'DROPPED',
    'ENROLLED',
    'IN_PROGRESS',
    'WAITING_FOR_GODOT',
    'erased',
    'hidden',
    'none',
    'removed',
  ]);
});
