import { expect, test } from 'vitest';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import type { World } from '../../support/world.ts';

const suspended = (id: string) => observed({ id, status: null }, { unknownStatus: 'SUSPENDED' });
const listed = (it: World) => it.store.aside.map(({ kind, id, ...rest }) => ({ kind, id, ...rest }));

async function withSuspended(): Promise<World> {
  const it = await synced(['a', 'b', 'c']);
  it.put(suspended('a'), suspended('b'));
  await it.poll();
  it.clock.advance(HOUR_MS);
  return it;
}

test('a status that is not known publishes nothing, and is set aside once with a count and a sample', async () => {
  const it = await withSuspended();
  expect(it.types()).toEqual([]);
  expect(listed(it)).toMatchObject([{ kind: 'status', id: 'SUSPENDED', count: 2, sample: ['a', 'b'] }]);
  expect(it.store.place().checkpoint.lastRun?.unknownStatuses).toBe(2);
});

test('a reconciliation counts the records that have it, and drops a status that none has any more', async () => {
  const it = await withSuspended();
  it.put(observed({ id: 'a' }));
  await it.poll({ mode: 'reconcile' });
  expect(listed(it)).toMatchObject([{ id: 'SUSPENDED', count: 1, sample: ['b'] }]);
  it.put(observed({ id: 'b' }));
  it.clock.advance(HOUR_MS);
  await it.poll({ mode: 'reconcile' });
  expect(listed(it)).toEqual([]);
});

test('a later run that does not read everything leaves what is listed as it is, and adds what is not', async () => {
  const it = await withSuspended();
  const [before] = listed(it);
  it.put(suspended('c'), observed({ id: 'd', status: null }, { unknownStatus: 'WAITING' }));
  await it.poll();
  expect(listed(it)).toMatchObject([before, { kind: 'status', id: 'WAITING', count: 1 }]);
  expect(it.store.place().checkpoint.hasSetAside).toBe(true);
});

test('a reconciliation keeps since when a status is listed, and writes nothing that stayed the same', async () => {
  const it = await withSuspended();
  const [before] = listed(it);
  it.store.calls.length = 0;
  await it.poll({ mode: 'reconcile' });
  expect(listed(it)).toEqual([before]);
  expect(it.store.calls).not.toContain('setAside');
  it.put(suspended('c'));
  await it.poll({ mode: 'reconcile' });
  expect(listed(it)).toMatchObject([{ count: 3, at: before?.at }]);
});

test('the checkpoint knows after a reconciliation whether anything is still set aside', async () => {
  const it = await withSuspended();
  it.kombo.rejected = [{ id: 'c', reason: 'enrolled_at is not a valid timestamp' }];
  it.put(observed({ id: 'a' }), observed({ id: 'b' }));
  await it.poll({ mode: 'reconcile' });
  expect(listed(it)).toMatchObject([{ kind: 'record', id: 'c' }]);
  expect(it.store.place().checkpoint.hasSetAside).toBe(true);
  it.kombo.rejected = [];
  it.clock.advance(HOUR_MS);
  await it.poll({ mode: 'reconcile' });
  expect(listed(it)).toEqual([]);
  expect(it.store.place().checkpoint.hasSetAside).toBe(false);
});

test('what is known by then is published by a later reconciliation', async () => {
  const it = await withSuspended();
  for (const record of it.shown) record.updatedAt = 0;
  it.shown.splice(0, 2);
  it.shown.push(...['a', 'b'].map((id) => ({ observed: observed({ id, status: 'DROPPED' }), updatedAt: 0 })));
  await it.poll({ mode: 'reconcile' });
  expect(it.types()).toEqual(['LearnerDropped', 'LearnerDropped']);
});

test('so many different statuses that a checkpoint would grow are counted together', async () => {
  const it = await synced(['a', 'b', 'c']);
  for (let at = 0; at < 50; at += 1) {
    it.put(observed({ id: `p${at}`, status: null }, { unknownStatus: `STATUS ${at}` }));
  }
  await it.poll();
  expect(it.store.aside).toHaveLength(21);
  expect(it.store.aside.at(-1)).toMatchObject({ id: 'more statuses', count: 30 });
});

test('a record that was set aside and can be read again leaves the list by itself', async () => {
  const it = await synced(['a', 'b', 'c']);
  it.kombo.rejected = [{ id: 'a', reason: 'enrolled_at is not a valid timestamp' }];
  await it.poll();
  expect(it.store.aside).toHaveLength(1);
  it.kombo.rejected = [];
  it.clock.advance(HOUR_MS);
  it.put(observed({ id: 'a', status: 'IN_PROGRESS' }));
  await it.poll();
  expect(it.types()).toEqual(['CourseStarted']);
  expect(it.store.aside).toEqual([]);
});
