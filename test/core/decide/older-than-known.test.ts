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

/**
 * Creates an integration with a known completion. Kombo then shows an older version of the record, without
 * the completion.
 */
async function lagging(): Promise<World> {
  const poller = await synced(['a', 'b', 'c']);
  poller.put(completed);
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  poller.bus.published.length = 0;
  poller.put(started);
  return poller;
}
const primary = (poller: World, ...records: Parameters<World['put']>) => {
  poller.ports.kombo.readByIds = async () => ({ records, rejected: [] });
};

test('a record that is older than its known state is read again, and nothing is published if Kombo then shows the known state', async () => {
  const poller = await lagging();
  primary(poller, completed);
  const { watermark } = poller.store.place().checkpoint;
  await poller.poll();
  expect(poller.types()).toEqual([]);
  expect(poller.store.place().checkpoint.watermark).not.toBe(watermark);
});

test('when the second read of an older record shows a version that is newer than the known state, the newer version is published', async () => {
  const poller = await lagging();
  primary(poller, observed({ id: 'a', status: 'DROPPED', changedAt: NEWER }));
  await poller.poll();
  expect(poller.types()).toEqual(['LearnerDropped']);
});

test('when the second read of an older record shows the same older version, the change to this version is published once', async () => {
  const poller = await lagging();
  primary(poller, started);
  await poller.poll();
  await poller.poll();
  expect(poller.types()).toEqual(['CourseReopened']);
  expect(poller.store.place().checkpoint.surge).toMatchObject([{ count: 1 }]);
});

test.each([
  ['when the second read of an older record returns no record', []],
  [
    'when the second read of an older record returns a different older version',
    [observed({ id: 'a', status: 'DROPPED', changedAt: OLD })],
  ],
])('%s, nothing is published, and the watermark does not move', async (_what, records) => {
  const poller = await lagging();
  primary(poller, ...records);
  const { watermark } = poller.store.place().checkpoint;
  expect(await poller.poll()).toMatchObject({ kind: 'ended' });
  expect(poller.types()).toEqual([]);
  expect(poller.store.place().checkpoint.watermark).toBe(watermark);
});

test('a record whose `changed_at` is older than the known `changed_at` is not read again when nothing else differs', async () => {
  const poller = await synced(['a', 'b', 'c']);
  poller.put(observed({ id: 'a', changedAt: '2026-01-01T00:00:00.000Z' }));
  poller.ports.kombo.readByIds = () => {
    throw new Error('nothing is to be read again');
  };
  expect(await poller.poll()).toMatchObject({ kind: 'ended' });
});
