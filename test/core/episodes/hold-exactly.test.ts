import { describe, expect, test } from 'vitest';
import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import { decideHold } from '../../../functions/core/episodes/hold.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import { seededRandom } from '../../simulation/world/random.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

/** `RECORDS=100000 npx vitest run test/core/episodes/hold-exactly.test.ts` */
const RECORDS = Number(process.env['RECORDS'] ?? 2_000);
const LIMIT = 25;
const REMOVED = '2026-03-02T08:30:00.000Z';
/** What a stored item may take. */
const ITEM_BYTES = 100_000;

type State = Partial<ProgressionState>;
const idOf = (at: number) => `p${String(at).padStart(6, '0')}`;
const gone = (at: number, state: State = {}) => observed({ id: idOf(at), removedAt: REMOVED, ...state });

/** An integration of so many progressions, all of which are removed after the first sync, but for a tenth. */
async function withMassRemoval(): Promise<{ it: World; removed: number[]; live: number[] }> {
  const it = world({ mode: 'silent' }, { surgeShare: 0, surgeFloor: LIMIT });
  it.kombo.pageSize = Math.min(250, RECORDS / 20);
  const all = Array.from({ length: RECORDS }, (_, at) => at);
  it.shown.push(...all.map((at) => ({ observed: observed({ id: idOf(at) }), updatedAt: it.clock.read() })));
  await it.poll();
  it.clock.advance(HOUR_MS);
  const removed = all.filter((at) => at % 10 !== 0);
  for (const at of removed) change(it, at, gone(at));
  it.bus.notified.length = 0;
  return { it, removed, live: all.filter((at) => at % 10 === 0) };
}

function change(it: World, at: number, record: ReturnType<typeof observed>): void {
  it.shown[at] = { observed: record, updatedAt: it.clock.read() };
}

/** Polls that are cut short, killed and fail at random, until one has nothing left to do. */
async function interruptedPolls(it: World, seed: number): Promise<'ended' | 'held'> {
  const random = seededRandom(seed);
  for (let calls = 0; calls < 200 + RECORDS / 50; calls += 1) {
    let pages = random.int(1, Math.max(8, RECORDS / 1_000));
    const timeLeft = () => {
      pages -= 1;
      return pages > 0;
    };
    const fault = random.chance(0.5)
      ? {
          at: random.int(2, 60),
          kind: random.pick(['killed', 'fails', 'surprises'] as const),
          tookEffect: random.chance(0.5),
        }
      : null;
    const { outcome } = await it.pollWithFault(fault, { timeLeft });
    it.store.written.length = 0;
    it.store.calls.length = 0;
    it.clock.advance(random.pick([1_000, 11_000, 10 * MINUTE_MS]));
    if (typeof outcome === 'object' && (outcome.kind === 'ended' || outcome.kind === 'held')) {
      return outcome.kind;
    }
  }
  throw new Error('the polls come to no end');
}

async function decide(it: World, by: 'release' | 'discard') {
  const { result } = await operated(it, by);
  if (result.kind !== 'decided') throw new Error(result.kind);
  return result.held;
}

async function operated(it: World, by: 'release' | 'discard') {
  const done = await withLease(it.ports, it.settings, it.integration, `operator-${by}`, (worker) =>
    decideHold(worker, by),
  );
  if (!done.done) throw new Error('a poll holds the lease');
  return done;
}

/** The progressions that a published removal was about, each once. */
function publishedRemovals(it: World): string[] {
  const removals = it.bus.published.filter(({ type }) => type === 'ProgressionRemoved');
  const ids = new Map(removals.map(({ detail }) => [detail.id, detail.progression.id]));
  return [...ids.values()].sort();
}

function largestItem(it: World): number {
  const chunks = [...it.store.chunks.values()].map(
    ({ fingerprints, courses }) => fingerprints.length + JSON.stringify(courses).length,
  );
  return Math.max(JSON.stringify(it.store.place().checkpoint).length, ...chunks);
}

describe.each([1, 2, 3])(
  'a mass removal that is counted, decided and carried out, cut short at random (seed %i)',
  (seed) => {
    test('is released exactly as it was counted, whatever comes meanwhile', async () => {
      const { it, removed, live } = await withMassRemoval();
      expect(await interruptedPolls(it, seed)).toBe('held');
      const held = await decide(it, 'release');
      expect(held.waiting.total).toBe(removed.length);

      // A tenth returns by itself, some are dropped as well, and others are removed that nobody has counted.
      const returned = removed.filter((at) => at % 10 === 1);
      const otherwise = removed.filter((at) => at % 100 === 2);
      for (const at of returned) change(it, at, observed({ id: idOf(at) }));
      for (const at of otherwise) change(it, at, gone(at, { status: 'DROPPED' }));
      const others = live.filter((at) => at % 20 === 0);
      for (const at of others) change(it, at, gone(at));
      const learnt = live.filter((at) => at % 20 === 10);
      for (const at of learnt) change(it, at, observed({ id: idOf(at), status: 'IN_PROGRESS' }));

      expect(await interruptedPolls(it, seed + 100)).toBe('held');
      const stays = new Set([...returned, ...otherwise]);
      const released = removed.filter((at) => !stays.has(at)).map(idOf);
      const notCounted = [...others, ...otherwise].map(idOf);
      const published = publishedRemovals(it);
      // As many as pass without a person did, before the run stopped again.
      const passed = published.filter((id) => notCounted.includes(id));
      expect(passed.length).toBeLessThanOrEqual(LIMIT);
      expect(published.filter((id) => !passed.includes(id))).toEqual(released);
      const waiting = notCounted.length - passed.length;
      expect(it.store.place().checkpoint.held?.waiting).toMatchObject({
        total: waiting,
        kinds: { removed: waiting },
      });
      expect(largestItem(it)).toBeLessThan(ITEM_BYTES);

      await decide(it, 'release');
      expect(await interruptedPolls(it, seed + 200)).toBe('ended');
      expect(publishedRemovals(it)).toEqual([...released, ...notCounted].sort());
      expect(it.types().filter((type) => type === 'CourseStarted').length).toBeGreaterThanOrEqual(
        learnt.length,
      );
      expect(it.store.place().checkpoint).toMatchObject({ held: null, run: null });
    });

    test('is discarded exactly as it was counted, and stays quiet until it changes otherwise', async () => {
      const { it, removed, live } = await withMassRemoval();
      expect(await interruptedPolls(it, seed)).toBe('held');
      await decide(it, 'discard');
      const returned = removed.filter((at) => at % 10 === 1).slice(0, 40);
      for (const at of returned) change(it, at, observed({ id: idOf(at) }));
      const genuine = live.slice(0, 10);
      for (const at of genuine) change(it, at, gone(at));

      expect(await interruptedPolls(it, seed + 100)).toBe('ended');
      expect(publishedRemovals(it)).toEqual(genuine.map(idOf));

      it.clock.advance(2 * HOUR_MS);
      await it.poll({ mode: 'reconcile' });
      expect(publishedRemovals(it)).toEqual(genuine.map(idOf));

      const otherwise = removed.find((at) => !returned.includes(at)) ?? 0;
      change(it, otherwise, gone(otherwise, { status: 'COMPLETED', completedAt: REMOVED }));
      await it.poll();
      expect(publishedRemovals(it)).toEqual([...genuine, otherwise].map(idOf).sort());
    });
  },
);

test('each page is decided once while a hold is counted, and read once', async () => {
  const { it } = await withMassRemoval();
  it.store.calls.length = 0;
  it.kombo.reads.length = 0;
  it.kombo.detailReads = 0;
  expect(await it.poll()).toMatchObject({ kind: 'held' });
  const pages = RECORDS / it.kombo.pageSize;
  expect(it.kombo.reads).toHaveLength(pages);
  expect(it.kombo.detailReads).toBe(pages);
  expect(it.store.calls.filter((call) => call === 'readKnown')).toHaveLength(pages);
});

test('a hold that is counted costs one page a poll until a person decides', async () => {
  const { it } = await withMassRemoval();
  await it.poll();
  it.kombo.reads.length = 0;
  it.clock.advance(HOUR_MS);
  expect(await it.poll()).toMatchObject({ kind: 'held' });
  expect(it.kombo.reads.length).toBeLessThanOrEqual(2);
});
