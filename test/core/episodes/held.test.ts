import { describe, expect, test } from 'vitest';
import { decideHold } from '../../../functions/core/episodes/hold.ts';
import { TransientError } from '../../../functions/core/errors.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import type { Checkpoint } from '../../../functions/core/state/checkpoint.ts';
import { observed } from '../../support/observed.ts';
import { DAY_MS, HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const COUNT = 100;
const LIMIT = 25;
const ids = Array.from({ length: COUNT }, (_, at) => `p${String(at).padStart(3, '0')}`);
const REMOVED = '2026-03-02T08:30:00.000Z';

async function synced(): Promise<World> {
  const it = world();
  it.kombo.pageSize = 10;
  it.put(...ids.map((id) => observed({ id })));
  await it.poll();
  it.clock.advance(HOUR_MS);
  it.bus.notified.length = 0;
  return it;
}

const remove = (it: World, some: string[]) =>
  it.put(...some.map((id) => observed({ id, removedAt: REMOVED })));
const restore = (it: World, some: string[]) => it.put(...some.map((id) => observed({ id })));
const settle = (it: World, by: 'release' | 'discard', owner = `operator-${it.store.calls.length}`) =>
  withLease(it.ports, it.settings, it.integration, owner, (worker) => decideHold(worker, by));
const notified = (it: World) => it.bus.notified.map(({ type }) => type);
const checkpointOf = (it: World): Checkpoint => it.store.place().checkpoint;

describe('a mass change', () => {
  test('up to the limit passes', async () => {
    const it = await synced();
    remove(it, ids.slice(0, LIMIT));
    expect(await it.poll()).toMatchObject({ kind: 'ended', ended: [{ events: LIMIT }] });
    expect(notified(it)).toEqual([]);
  });

  test('beyond it is held before the page that is too many, and told once with its count', async () => {
    const it = await synced();
    remove(it, ids.slice(0, 40));

    const outcome = await it.poll();

    expect(outcome).toMatchObject({
      kind: 'held',
      held: {
        waiting: { total: 20, kinds: { removed: 20 }, courses: [{ id: 'c1', changes: 20 }] },
        counting: null,
        limit: LIMIT,
        notice: 'published',
      },
    });
    expect(it.types()).toHaveLength(20);
    expect(it.bus.notified).toMatchObject([
      { type: 'ChangesHeld', detail: { waiting: { total: 20 }, sample: ids.slice(20, 30) } },
    ]);

    it.clock.advance(HOUR_MS);
    expect(await it.poll()).toMatchObject({ kind: 'held' });
    expect(it.types()).toHaveLength(20);
    expect(notified(it)).toEqual(['ChangesHeld']);
  });

  test('does not get through in many small runs', async () => {
    const it = await synced();
    for (let at = 0; at < 10; at += 1) {
      remove(it, ids.slice(at * 5, at * 5 + 5));
      await it.poll();
      it.clock.advance(HOUR_MS);
    }
    expect(it.types()).toHaveLength(LIMIT);
    expect(notified(it)).toEqual(['ChangesHeld']);
  });

  test('counts anew after a day', async () => {
    const it = await synced();
    remove(it, ids.slice(0, LIMIT));
    await it.poll();
    it.clock.advance(DAY_MS + HOUR_MS);
    remove(it, ids.slice(LIMIT, 2 * LIMIT));
    expect(await it.poll()).toMatchObject({ kind: 'ended' });
    expect(it.types()).toHaveLength(2 * LIMIT);
  });

  test('that waits in a first sync is held like any other', async () => {
    const it = world();
    it.kombo.pageSize = 10;
    it.put(...ids.map((id) => observed({ id })));
    it.kombo.beforePage = ({ cursor }) => {
      if (cursor === 'at-90') remove(it, ids);
    };
    expect(await it.poll()).toMatchObject({ kind: 'held', held: { mode: 'baseline' } });
    expect(it.types().length).toBeLessThanOrEqual(LIMIT);
  });

  test('may be held for longer than many cursors live', async () => {
    const it = await synced();
    remove(it, ids.slice(0, 40));
    for (let day = 0; day < 10; day += 1) {
      expect(await it.poll()).toMatchObject({ kind: 'held' });
      it.clock.advance(HOUR_MS);
      it.kombo.cursorsRefused = 1;
    }
    expect(notified(it)).toEqual(['ChangesHeld']);
    await settle(it, 'release');
    await it.poll();
    expect(new Set(it.bus.published.map(({ detail }) => detail.id)).size).toBe(40);
  });

  test('whose hold could not be told is told by the next run, under the same id', async () => {
    const it = await synced();
    remove(it, ids);
    it.bus.tellFailures = [new TransientError('the bus is away')];
    expect(await it.poll()).toMatchObject({ kind: 'failed' });
    const since = checkpointOf(it).held?.since;
    it.clock.advance(HOUR_MS);
    expect(await it.poll()).toMatchObject({ kind: 'held' });
    expect(it.bus.notified).toMatchObject([
      { type: 'ChangesHeld', detail: { id: `moodle:test/held/${since}` } },
    ]);
  });

  test('whose hold could not be told before it went away is told from its beginning', async () => {
    const it = await synced();
    remove(it, ids.slice(0, 40));
    it.bus.tellFailures = [new TransientError('the bus is away')];
    await it.poll();
    restore(it, ids.slice(20, 40));
    expect(await it.poll()).toMatchObject({ kind: 'ended' });
    expect(notified(it)).toEqual(['ChangesHeld', 'ChangesReleased']);
  });

  test('is one episode with another that stops the other run meanwhile', async () => {
    const it = await synced();
    remove(it, ids.slice(0, 40));
    for (const record of it.shown) record.updatedAt = 0;
    expect(await it.poll({ mode: 'reconcile' })).toMatchObject({ held: { mode: 'reconcile' } });
    it.clock.advance(HOUR_MS);
    remove(it, ids.slice(40));
    expect(await it.poll()).toMatchObject({ held: { mode: 'incremental' } });
    expect(notified(it)).toEqual(['ChangesHeld']);

    await settle(it, 'release');
    expect(await it.poll()).toMatchObject({ held: { mode: 'reconcile' } });
    await settle(it, 'release', 'another operator');
    await it.poll();

    const ended = it.bus.notified.map(({ type, detail }) => [type, detail.id.split('/').at(-1)]);
    expect(ended).toEqual([
      ['ChangesHeld', ended[0]?.[1]],
      ['ChangesReleased', ended[0]?.[1]],
      ['ChangesHeld', ended[2]?.[1]],
      ['ChangesReleased', ended[2]?.[1]],
    ]);
    expect(ended[2]?.[1]).not.toBe(ended[0]?.[1]);
    expect(it.types()).toHaveLength(ids.length);
  });

  test('that stops a reconciliation is not resolved by the end of an incremental run', async () => {
    const it = await synced();
    remove(it, ids.slice(0, 40));
    for (const record of it.shown) record.updatedAt = 0;
    await it.poll({ mode: 'reconcile' });
    it.clock.advance(HOUR_MS);
    expect(await it.poll()).toMatchObject({ kind: 'held', ended: [{ mode: 'incremental' }] });
    expect(notified(it)).toEqual(['ChangesHeld']);
  });

  test('is counted on in another call when the time is spent, and cannot be decided before', async () => {
    const it = await synced();
    remove(it, ids);
    const someTime = (pages: number) => {
      let left = pages;
      return () => {
        left -= 1;
        return left > 0;
      };
    };
    expect(await it.poll({ timeLeft: someTime(10) })).toMatchObject({ kind: 'more' });
    expect(await settle(it, 'release')).toMatchObject({ result: { kind: 'counting' } });
    expect(notified(it)).toEqual([]);

    let outcome = await it.poll({ timeLeft: someTime(3) });
    while (outcome.kind === 'more') outcome = await it.poll({ timeLeft: someTime(3) });
    expect(outcome).toMatchObject({ kind: 'held', held: { waiting: { total: 80 } } });
    expect(it.bus.notified).toMatchObject([{ type: 'ChangesHeld', detail: { waiting: { total: 80 } } }]);
  });
});

describe('held changes', () => {
  test('that go away by themselves are resolved', async () => {
    const it = await synced();
    remove(it, ids.slice(0, 40));
    await it.poll();
    restore(it, ids.slice(20, 40));
    expect(await it.poll()).toMatchObject({ kind: 'ended' });
    expect(it.bus.notified).toMatchObject([
      { type: 'ChangesHeld' },
      { type: 'ChangesReleased', detail: { by: 'resolved' } },
    ]);
    expect(checkpointOf(it).held).toBeNull();
    expect(it.types()).toHaveLength(20);
  });

  test('that are released are published, and the run ends', async () => {
    const it = await synced();
    remove(it, ids.slice(0, 90));
    await it.poll();
    expect(await settle(it, 'release')).toMatchObject({
      done: true,
      result: { kind: 'decided', held: { waiting: { total: 70 } } },
    });
    expect(await it.poll()).toMatchObject({ kind: 'ended' });
    expect(it.types()).toEqual(ids.slice(0, 90).map(() => 'ProgressionRemoved'));
    expect(checkpointOf(it)).toMatchObject({ held: null, run: null });
    expect(notified(it)).toEqual(['ChangesHeld', 'ChangesReleased']);
  });

  test('that are released let no more through than was counted', async () => {
    const it = await synced();
    remove(it, ids.slice(0, 50));
    await it.poll();
    await settle(it, 'release');
    remove(it, ids.slice(50, 90));
    expect(await it.poll()).toMatchObject({ kind: 'held' });
    expect(it.types().length).toBeLessThanOrEqual(50 + LIMIT);
    expect(notified(it)).toEqual(['ChangesHeld', 'ChangesReleased', 'ChangesHeld']);
  });

  test('that are discarded are never seen again until they change otherwise', async () => {
    const it = await synced();
    remove(it, ids.slice(0, 40));
    await it.poll();
    await settle(it, 'discard');
    expect(await it.poll()).toMatchObject({ kind: 'ended' });
    expect(it.types()).toHaveLength(20);

    it.clock.advance(DAY_MS * 2);
    remove(it, ids.slice(20, 40));
    expect(await it.poll({ mode: 'reconcile' })).toMatchObject({ kind: 'ended' });
    expect(it.types()).toHaveLength(20);

    it.put(observed({ id: 'p030', status: 'COMPLETED' }));
    await it.poll();
    expect(it.types().slice(20)).toEqual(['CourseCompleted']);
  });

  test('let the releasing survive a crash at any call', async () => {
    for (let at = 1; ; at += 1) {
      const it = await synced();
      remove(it, ids.slice(0, 90));
      await it.poll();
      await settle(it, 'release');
      const { calls } = await it.pollWithFault({ at, kind: 'killed', tookEffect: at % 2 === 0 });
      it.clock.advance(HOUR_MS);
      await it.poll();
      expect(new Set(it.bus.published.map(({ detail }) => detail.id)).size).toBe(90);
      expect(checkpointOf(it)).toMatchObject({ held: null, run: null });
      if (calls.length < at) break;
    }
  });
});

test('an operator who finds nothing held changes nothing', async () => {
  const it = await synced();
  expect(await settle(it, 'release')).toEqual({ done: true, result: { kind: 'nothing held' } });
  expect(it.bus.notified).toEqual([]);
});
