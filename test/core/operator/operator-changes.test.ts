import { expect, test } from 'vitest';
import { setWatermark } from '../../../functions/core/operator/operator-changes.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const iso = (ms: number) => new Date(ms).toISOString();

async function set(at: World, time: string, force = false) {
  const { ports, settings, integration } = at;
  const operated = await withLease(ports, settings, integration, 'operator', async (worker) =>
    setWatermark(worker, time, { force }),
  );
  if (!operated.done) throw new Error('a poll is running');
  return operated.result;
}

async function synced(): Promise<World> {
  const at = world({ mode: 'publish' });
  at.put(observed());
  await at.poll();
  at.clock.advance(24 * HOUR_MS);
  await at.poll();
  return at;
}

test('after a person moves the watermark back, the next run reads from the new watermark and publishes no event a second time', async () => {
  const at = await synced();
  const published = at.bus.published.length;
  const back = iso(at.clock.read() - 20 * HOUR_MS);

  expect(await set(at, back)).toMatchObject({ kind: 'set', after: back, endedRun: null });
  at.clock.advance(HOUR_MS);
  await at.poll();

  const asked = Date.parse(back) - at.settings.overlapMs;
  expect(at.kombo.reads.at(-1)).toEqual({ updatedAfter: iso(asked), cursor: null });
  expect(at.bus.published).toHaveLength(published);
  expect(at.store.place().checkpoint.watermark).toBe(iso(at.clock.read()));
});

test('when a person moves the watermark back, the run in progress ends, and the next run publishes the changes not read so far', async () => {
  const at = await synced();
  at.kombo.pageSize = 1;
  at.put(observed({ id: 'p2' }), observed({ id: 'p3' }));
  await at.poll({ timeLeft: () => false });
  expect(at.store.place().checkpoint.run).not.toBeNull();

  const back = iso(at.clock.read() - 20 * HOUR_MS);
  expect(await set(at, back)).toMatchObject({ kind: 'set', endedRun: { mode: 'incremental', pages: 1 } });

  expect(at.store.place().checkpoint).toMatchObject({ run: null, watermark: back });
  await at.poll();
  expect(at.types()).toHaveLength(3);
});

test('the watermark can be moved forward only with `force`, because changes that were not read are skipped', async () => {
  const at = await synced();
  const before = at.store.place().checkpoint.watermark ?? '';
  at.clock.advance(5 * HOUR_MS);
  const forward = iso(at.clock.read() - HOUR_MS);

  expect(await set(at, forward)).toEqual({
    kind: 'refused',
    reason: expect.stringMatching(/only the next reconciliation finds.*--force/),
  });
  expect(at.store.place().checkpoint.watermark).toBe(before);

  expect(await set(at, forward, true)).toMatchObject({ kind: 'set', before, after: forward });
  expect(at.store.place().checkpoint.watermark).toBe(forward);
});

test('a watermark in the future is refused, even with `force`', async () => {
  const at = await synced();

  expect(await set(at, iso(at.clock.read() + 1000), true)).toEqual({
    kind: 'refused',
    reason: expect.stringMatching(/future/),
  });
});

test('the watermark cannot be moved before the first sync has ended', async () => {
  expect(await set(world(), '2026-01-01T00:00:00.000Z')).toEqual({
    kind: 'refused',
    reason: expect.stringMatching(/no watermark yet/),
  });
});
