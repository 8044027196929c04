import { expect, test } from 'vitest';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import type { World } from '../../support/world.ts';

const suspended = (id: string) => observed({ id, status: null }, { unknownStatus: 'SUSPENDED' });
const listed = (poller: World) => poller.store.aside.map(({ kind, id, ...rest }) => ({ kind, id, ...rest }));

async function withSuspended(): Promise<World> {
  const poller = await synced(['a', 'b', 'c']);
  poller.put(suspended('a'), suspended('b'));
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  return poller;
}

test('for records with an unknown status, no event is published, and the status is set aside with a count and sample ids', async () => {
  const poller = await withSuspended();
  expect(poller.types()).toEqual([]);
  expect(listed(poller)).toMatchObject([{ kind: 'status', id: 'SUSPENDED', count: 2, sample: ['a', 'b'] }]);
  expect(poller.store.place().checkpoint.lastRun?.unknownStatuses).toBe(2);
});

test('a reconciliation counts the records of each unknown status, and removes a status without records from the list of set-aside items', async () => {
  const poller = await withSuspended();
  poller.put(observed({ id: 'a' }), observed({ id: 'c', status: null }, { unknownStatus: 'WAITING' }));
  await poller.poll();
  expect(listed(poller)).toMatchObject([{ id: 'SUSPENDED' }, { id: 'WAITING' }]);
  poller.put(observed({ id: 'c' }));
  await poller.poll({ mode: 'reconcile' });
  expect(listed(poller)).toMatchObject([{ id: 'SUSPENDED', count: 1, sample: ['b'] }]);
  poller.put(observed({ id: 'b' }));
  poller.clock.advance(HOUR_MS);
  await poller.poll({ mode: 'reconcile' });
  expect(listed(poller)).toEqual([]);
});

test('an incremental run adds a new unknown status to the list of set-aside items and does not change the counts of listed statuses', async () => {
  const poller = await withSuspended();
  const [before] = listed(poller);
  poller.put(suspended('c'), observed({ id: 'd', status: null }, { unknownStatus: 'WAITING' }));
  await poller.poll();
  expect(listed(poller)).toMatchObject([before, { kind: 'status', id: 'WAITING', count: 1 }]);
  expect(poller.store.place().checkpoint.hasSetAside).toBe(true);
});

test('a reconciliation keeps the time when an unknown status was set aside, and writes the item only if its count changed', async () => {
  const poller = await withSuspended();
  const [before] = listed(poller);
  poller.store.calls.length = 0;
  await poller.poll({ mode: 'reconcile' });
  expect(listed(poller)).toEqual([before]);
  expect(poller.store.calls).not.toContain('setAside');
  poller.put(suspended('c'));
  await poller.poll({ mode: 'reconcile' });
  expect(listed(poller)).toMatchObject([{ count: 3, at: before?.at }]);
});

test('after a reconciliation, the checkpoint shows whether any record or status is still set aside', async () => {
  const poller = await withSuspended();
  poller.kombo.rejected = [{ id: 'c', reason: 'enrolled_at is not a valid timestamp' }];
  poller.put(observed({ id: 'a' }), observed({ id: 'b' }));
  await poller.poll({ mode: 'reconcile' });
  expect(listed(poller)).toMatchObject([{ kind: 'record', id: 'c' }]);
  expect(poller.store.place().checkpoint.hasSetAside).toBe(true);
  poller.kombo.rejected = [];
  poller.clock.advance(HOUR_MS);
  await poller.poll({ mode: 'reconcile' });
  expect(listed(poller)).toEqual([]);
  expect(poller.store.place().checkpoint.hasSetAside).toBe(false);
});

test('when a record with an unknown status gets a known status, the next reconciliation publishes the event of the known status', async () => {
  const poller = await withSuspended();
  for (const record of poller.shown) record.updatedAt = 0;
  poller.shown.splice(0, 2);
  poller.shown.push(
    ...['a', 'b'].map((id) => ({ observed: observed({ id, status: 'DROPPED' }), updatedAt: 0 })),
  );
  await poller.poll({ mode: 'reconcile' });
  expect(poller.types()).toEqual(['LearnerDropped', 'LearnerDropped']);
});

test('at most 20 unknown statuses are counted separately, and all further statuses together, to keep the checkpoint small', async () => {
  const poller = await synced(['a', 'b', 'c']);
  for (let at = 0; at < 50; at += 1) {
    poller.put(observed({ id: `p${at}`, status: null }, { unknownStatus: `STATUS ${at}` }));
  }
  await poller.poll();
  expect(poller.store.aside).toHaveLength(21);
  expect(poller.store.aside.at(-1)).toMatchObject({ id: 'more statuses', count: 30 });
});

test('when a poll can read a record that was set aside, its change is published and the record is no longer listed as set aside', async () => {
  const poller = await synced(['a', 'b', 'c']);
  poller.kombo.rejected = [{ id: 'a', reason: 'enrolled_at is not a valid timestamp' }];
  await poller.poll();
  expect(poller.store.aside).toHaveLength(1);
  poller.kombo.rejected = [];
  poller.clock.advance(HOUR_MS);
  poller.put(observed({ id: 'a', status: 'IN_PROGRESS' }));
  await poller.poll();
  expect(poller.types()).toEqual(['CourseStarted']);
  expect(poller.store.aside).toEqual([]);
});
