import { expect, test } from 'vitest';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import type { World } from '../../support/world.ts';

const OLD = '2026-02-01T09:05:00.000Z';
const NEW = '2026-03-02T08:10:00.000Z';
const NEWER = '2026-03-02T08:40:00.000Z';
const started = observed({ id: 'a', status: 'IN_PROGRESS', changedAt: OLD });
const completed = observed({ id: 'a', status: 'COMPLETED', completedAt: NEW, changedAt: NEW });

/** A world that knows the completion, and then reads a page of a replica that does not. */
async function lagging(): Promise<World> {
  const it = await synced(['a', 'b', 'c']);
  it.put(completed);
  await it.poll();
  it.clock.advance(HOUR_MS);
  it.bus.published.length = 0;
  it.put(started);
  return it;
}
const primary = (it: World, ...records: Parameters<World['put']>) => {
  it.ports.kombo.readByIds = async () => ({ records, rejected: [] });
};

test('a record that is older than known is read again, and the newer answer is used', async () => {
  const it = await lagging();
  primary(it, completed);
  const { watermark } = it.store.place().checkpoint;
  await it.poll();
  expect(it.types()).toEqual([]);
  expect(it.store.place().checkpoint.watermark).not.toBe(watermark);
});

test('an answer that is newer than known is published', async () => {
  const it = await lagging();
  primary(it, observed({ id: 'a', status: 'DROPPED', changedAt: NEWER }));
  await it.poll();
  expect(it.types()).toEqual(['LearnerDropped']);
});

test('the same older answer is believed, once', async () => {
  const it = await lagging();
  primary(it, started);
  await it.poll();
  await it.poll();
  expect(it.types()).toEqual(['CourseReopened']);
  expect(it.store.place().checkpoint.surge).toMatchObject([{ count: 1 }]);
});

test.each([
  ['without an answer', []],
  ['with another older answer', [observed({ id: 'a', status: 'DROPPED', changedAt: OLD })]],
])('%s it is not believed, and the watermark stays', async (_what, records) => {
  const it = await lagging();
  primary(it, ...records);
  const { watermark } = it.store.place().checkpoint;
  expect(await it.poll()).toMatchObject({ kind: 'ended' });
  expect(it.types()).toEqual([]);
  expect(it.store.place().checkpoint.watermark).toBe(watermark);
});

test('an older record that says the same costs no request', async () => {
  const it = await synced(['a', 'b', 'c']);
  it.put(observed({ id: 'a', changedAt: '2026-01-01T00:00:00.000Z' }));
  it.ports.kombo.readByIds = () => {
    throw new Error('nothing is to be read again');
  };
  expect(await it.poll()).toMatchObject({ kind: 'ended' });
});
