import { describe, expect, test } from 'vitest';
import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import { decideHold } from '../../../functions/core/episodes/hold.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import { seededRandom } from '../../simulation/world/random.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

/**
 * The number of progressions. For more, run `RECORDS=100000 npx vitest run
 * test/core/episodes/hold-exactly.test.ts`.
 */
const RECORDS = Number(process.env['RECORDS'] ?? 2_000);
const LIMIT = 25;
const REMOVED = '2026-03-02T08:30:00.000Z';
/**
 * The largest size in bytes that the tests accept for a stored item, about a quarter of DynamoDB's limit of
 * 400 KB.
 */
const ITEM_BYTES = 100_000;

type State = Partial<ProgressionState>;
const idOf = (at: number) => `p${String(at).padStart(6, '0')}`;
const gone = (at: number, state: State = {}) => observed({ id: idOf(at), removedAt: REMOVED, ...state });

/** Creates an integration with `RECORDS` progressions, of which 90 % are removed after the first sync. */
async function withMassRemoval(): Promise<{ poller: World; removed: number[]; live: number[] }> {
  const poller = world({ mode: 'silent' }, { surgeShare: 0, surgeFloor: LIMIT });
  poller.kombo.pageSize = Math.min(250, RECORDS / 20);
  const all = Array.from({ length: RECORDS }, (_, at) => at);
  poller.shown.push(
    ...all.map((at) => ({ observed: observed({ id: idOf(at) }), updatedAt: poller.clock.read() })),
  );
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  const removed = all.filter((at) => at % 10 !== 0);
  for (const at of removed) change(poller, at, gone(at));
  poller.bus.notified.length = 0;
  return { poller, removed, live: all.filter((at) => at % 10 === 0) };
}

function change(poller: World, at: number, record: ReturnType<typeof observed>): void {
  poller.shown[at] = { observed: record, updatedAt: poller.clock.read() };
}

/** Polls until the run has ended or is held. The polls end early, are killed or fail at random. */
async function interruptedPolls(poller: World, seed: number): Promise<'ended' | 'held'> {
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
    const { outcome } = await poller.pollWithFault(fault, { timeLeft });
    poller.store.written.length = 0;
    poller.store.calls.length = 0;
    poller.clock.advance(random.pick([1_000, 11_000, 10 * MINUTE_MS]));
    if (typeof outcome === 'object' && (outcome.kind === 'ended' || outcome.kind === 'held')) {
      return outcome.kind;
    }
  }
  throw new Error('the polls come to no end');
}

async function decide(poller: World, by: 'release' | 'discard') {
  const { result } = await operated(poller, by);
  if (result.kind !== 'decided') throw new Error(result.kind);
  return result.held;
}

async function operated(poller: World, by: 'release' | 'discard') {
  const done = await withLease(
    poller.ports,
    poller.settings,
    poller.integration,
    `operator-${by}`,
    (worker) => decideHold(worker, by),
  );
  if (!done.done) throw new Error('a poll holds the lease');
  return done;
}

/**
 * Returns the progression id of each published removal. A removal that was published several times counts
 * once.
 */
function publishedRemovals(poller: World): string[] {
  const removals = poller.bus.published.filter(({ type }) => type === 'ProgressionRemoved');
  const ids = new Map(removals.map(({ detail }) => [detail.id, detail.progression.id]));
  return [...ids.values()].sort();
}

function largestItem(poller: World): number {
  const chunks = [...poller.store.chunks.values()].map(
    ({ fingerprints, courses }) => fingerprints.length + JSON.stringify(courses).length,
  );
  return Math.max(JSON.stringify(poller.store.place().checkpoint).length, ...chunks);
}

describe.each([1, 2, 3])('a held mass removal with random interruptions (seed %i)', (seed) => {
  test('a release publishes exactly the counted removals, even if polls are interrupted and records change after the decision', async () => {
    const { poller, removed, live } = await withMassRemoval();
    expect(await interruptedPolls(poller, seed)).toBe('held');
    const held = await decide(poller, 'release');
    expect(held.waiting.total).toBe(removed.length);

    // After the decision, one in nine of the counted records returns, and one in ninety is dropped in
    // addition to its removal. Of the records that were not counted, half are removed and half start the
    // course.
    const returned = removed.filter((at) => at % 10 === 1);
    const otherwise = removed.filter((at) => at % 100 === 2);
    for (const at of returned) change(poller, at, observed({ id: idOf(at) }));
    for (const at of otherwise) change(poller, at, gone(at, { status: 'DROPPED' }));
    const others = live.filter((at) => at % 20 === 0);
    for (const at of others) change(poller, at, gone(at));
    const learnt = live.filter((at) => at % 20 === 10);
    for (const at of learnt) change(poller, at, observed({ id: idOf(at), status: 'IN_PROGRESS' }));

    expect(await interruptedPolls(poller, seed + 100)).toBe('held');
    const stays = new Set([...returned, ...otherwise]);
    const released = removed.filter((at) => !stays.has(at)).map(idOf);
    const notCounted = [...others, ...otherwise].map(idOf);
    const published = publishedRemovals(poller);
    // These removals were published before the second hold, because they did not exceed the limit.
    const passed = published.filter((id) => notCounted.includes(id));
    expect(passed.length).toBeLessThanOrEqual(LIMIT);
    expect(published.filter((id) => !passed.includes(id))).toEqual(released);
    const waiting = notCounted.length - passed.length;
    expect(poller.store.place().checkpoint.held?.waiting).toMatchObject({
      total: waiting,
      kinds: { removed: waiting },
    });
    expect(largestItem(poller)).toBeLessThan(ITEM_BYTES);

    await decide(poller, 'release');
    expect(await interruptedPolls(poller, seed + 200)).toBe('ended');
    expect(publishedRemovals(poller)).toEqual([...released, ...notCounted].sort());
    expect(poller.types().filter((type) => type === 'CourseStarted').length).toBeGreaterThanOrEqual(
      learnt.length,
    );
    expect(poller.store.place().checkpoint).toMatchObject({ held: null, run: null });
  });

  test('a discarded removal stays unpublished until its record changes, and removals that were not counted are published', async () => {
    const { poller, removed, live } = await withMassRemoval();
    expect(await interruptedPolls(poller, seed)).toBe('held');
    await decide(poller, 'discard');
    const returned = removed.filter((at) => at % 10 === 1).slice(0, 40);
    for (const at of returned) change(poller, at, observed({ id: idOf(at) }));
    const genuine = live.slice(0, 10);
    for (const at of genuine) change(poller, at, gone(at));

    expect(await interruptedPolls(poller, seed + 100)).toBe('ended');
    expect(publishedRemovals(poller)).toEqual(genuine.map(idOf));

    poller.clock.advance(2 * HOUR_MS);
    await poller.poll({ mode: 'reconcile' });
    expect(publishedRemovals(poller)).toEqual(genuine.map(idOf));

    const otherwise = removed.find((at) => !returned.includes(at)) ?? 0;
    change(poller, otherwise, gone(otherwise, { status: 'COMPLETED', completedAt: REMOVED }));
    await poller.poll();
    expect(publishedRemovals(poller)).toEqual([...genuine, otherwise].map(idOf).sort());
  });
});

test('a poll that counts held changes reads each page of Kombo once, and the known states of each page once', async () => {
  const { poller } = await withMassRemoval();
  poller.store.calls.length = 0;
  poller.kombo.reads.length = 0;
  poller.kombo.detailReads = 0;
  expect(await poller.poll()).toMatchObject({ kind: 'held' });
  const pages = RECORDS / poller.kombo.pageSize;
  expect(poller.kombo.reads).toHaveLength(pages);
  expect(poller.kombo.detailReads).toBe(pages);
  expect(poller.store.calls.filter((call) => call === 'readKnown')).toHaveLength(pages);
});

test('after held changes are counted, each poll reads at most two pages until a person decides', async () => {
  const { poller } = await withMassRemoval();
  await poller.poll();
  poller.kombo.reads.length = 0;
  poller.clock.advance(HOUR_MS);
  expect(await poller.poll()).toMatchObject({ kind: 'held' });
  expect(poller.kombo.reads.length).toBeLessThanOrEqual(2);
});
