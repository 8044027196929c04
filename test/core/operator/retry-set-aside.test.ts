import { describe, expect, test } from 'vitest';
import { type RetriedSetAside, retrySetAside } from '../../../functions/core/operator/retry-set-aside.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import { standInOf } from '../../../functions/core/poll/set-aside-records.ts';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { type World, world } from '../../support/world.ts';

const BROKEN = { id: 'a', reason: 'enrolled_at is not a valid timestamp' };
const REMOVED = '2026-03-02T08:30:00.000Z';

/** A synced world one of whose records could not be read in the last run. */
async function withBrokenRecord(): Promise<World> {
  const it = await synced(['a', 'b', 'c']);
  it.kombo.rejected = [BROKEN];
  await it.poll();
  it.kombo.rejected = [];
  expect(it.store.aside).toMatchObject([{ kind: 'record', ...BROKEN }]);
  return it;
}

/** A synced world one of whose events the bus refused. */
async function withRefusedEvent(): Promise<World> {
  const it = await synced(['a', 'b']);
  it.bus.refusal = ({ detail }) => (detail.progression.id === 'a' ? 'MalformedDetail' : null);
  it.put(...['a', 'b'].map((id) => observed({ id, status: 'IN_PROGRESS' })));
  await it.poll();
  it.bus.published.length = 0;
  expect(it.store.aside).toMatchObject([{ kind: 'event', reason: 'MalformedDetail' }]);
  return it;
}

let operators = 0;

async function retry(it: World): Promise<RetriedSetAside> {
  operators += 1;
  const done = await withLease(
    it.ports,
    it.settings,
    it.integration,
    `operator-${operators}`,
    async (worker) => retrySetAside(worker, await it.store.readSetAside(it.integration.id)),
  );
  if (!done.done) throw new Error('a poll is at it');
  return done.result;
}

describe('a record that was set aside', () => {
  test('is fetched again, told what it missed, and taken off the list', async () => {
    const it = await withBrokenRecord();
    it.put(observed({ id: 'a', status: 'COMPLETED', completedAt: REMOVED }));
    expect(await retry(it)).toMatchObject({ processed: [BROKEN], remaining: [] });
    expect(it.types()).toEqual(['CourseCompleted']);
    expect(it.store.aside).toEqual([]);
    await it.poll();
    expect(it.types()).toEqual(['CourseCompleted']);
  });

  test('of which nothing was missed is taken off the list without a word', async () => {
    const it = await withBrokenRecord();
    const { entry } = it.store.place().checkpoint;
    expect(await retry(it)).toMatchObject({ processed: [BROKEN] });
    expect(it.types()).toEqual([]);
    expect(it.store.place().checkpoint.entry).toBe(entry);
  });

  test('and still cannot be read stays, with today’s reason', async () => {
    const it = await withBrokenRecord();
    const reason = 'changed_at does not fit the schema';
    it.ports.kombo = {
      ...it.kombo,
      readByIds: async () => ({ records: [], rejected: [{ id: 'a', reason }] }),
    };
    expect(await retry(it)).toMatchObject({ processed: [], remaining: [{ id: 'a', reason }] });
    expect(it.store.aside).toHaveLength(1);
  });

  test('and is gone at Kombo stays, and says so', async () => {
    const it = await withBrokenRecord();
    it.shown.length = 0;
    expect(await retry(it)).toMatchObject({
      remaining: [{ id: 'a', reason: 'Kombo no longer has this record' }],
    });
    expect(it.store.aside).toHaveLength(1);
  });

  test('and seems removed while the data is expired is not believed', async () => {
    const it = await withBrokenRecord();
    it.put(observed({ id: 'a', removedAt: REMOVED }));
    it.kombo.dataExpiredAt = REMOVED;
    const { remaining } = await retry(it);
    expect(remaining[0]?.reason).toContain('is not valid');
    expect(it.types()).toEqual([]);
  });

  test('does not get around what may pass without a person', async () => {
    const it = await withBrokenRecord();
    it.put(observed({ id: 'a', removedAt: REMOVED }));
    it.settings.surgeFloor = 0;
    const { remaining } = await retry(it);
    expect(remaining[0]?.reason).toContain('to publish without a person');
    expect(it.types()).toEqual([]);
  });

  test('before the first sync has ended is as silent as the rest of it', async () => {
    const it = world();
    it.kombo.pageSize = 1;
    it.kombo.rejected = [BROKEN];
    it.put(observed({ id: 'b' }), observed({ id: 'c' }));
    expect(await it.poll({ timeLeft: () => false })).toMatchObject({ kind: 'more' });
    it.kombo.rejected = [];
    it.put(observed({ id: 'a' }));
    expect(await retry(it)).toMatchObject({ processed: [BROKEN] });
    expect(it.types()).toEqual([]);

    it.put(observed({ id: 'a', status: 'IN_PROGRESS' }));
    await it.poll();
    expect(it.types()).toEqual(['CourseStarted']);
  });

  test('during a baseline that a person insisted on is as silent as the rest of it', async () => {
    const it = await withBrokenRecord();
    it.kombo.pageSize = 1;
    it.kombo.rejected = [BROKEN];
    await it.poll({ mode: 'baseline', force: true, timeLeft: () => false });
    it.kombo.rejected = [];
    it.put(observed({ id: 'a', status: 'IN_PROGRESS' }));
    expect(await retry(it)).toMatchObject({ processed: [BROKEN] });
    expect(it.types()).toEqual([]);
    expect(it.store.known.get('a')?.state.status).toBe('IN_PROGRESS');
  });

  test('and was told, but not taken off before a crash, is told no second time', async () => {
    const it = await withBrokenRecord();
    it.put(observed({ id: 'a', status: 'DROPPED' }));
    const { removeSetAside } = it.store;
    it.ports.store = { ...it.store, removeSetAside: () => Promise.reject(new Error('killed')) };
    await expect(retry(it)).rejects.toThrow('killed');
    it.ports.store = { ...it.store, removeSetAside };
    expect(await retry(it)).toMatchObject({ processed: [BROKEN] });
    expect(it.types()).toEqual(['LearnerDropped']);
    expect(it.store.aside).toEqual([]);
  });
});

describe('a record without an id', () => {
  const mended = observed({ id: 'd', status: 'COMPLETED', completedAt: REMOVED });
  const standIn = { id: standInOf(mended), reason: 'id does not fit the schema' };

  async function withRecordWithoutId(): Promise<World> {
    const it = await synced(['a', 'b']);
    it.kombo.rejected = [standIn];
    for (const mode of ['incremental', 'reconcile', 'incremental'] as const) await it.poll({ mode });
    expect(it.store.aside).toMatchObject([{ kind: 'record', ...standIn }]);
    return it;
  }

  test('is listed once, and stays while no other one is there', async () => {
    const it = await withRecordWithoutId();
    expect(await retry(it)).toMatchObject({ processed: [], remaining: [standIn] });
    expect(it.store.aside).toHaveLength(1);
  });

  test('is found by a retry on any page once it has an id', async () => {
    const it = await withRecordWithoutId();
    it.kombo.rejected = [];
    it.kombo.pageSize = 1;
    it.put(mended);
    expect(await retry(it)).toMatchObject({ processed: [standIn], remaining: [] });
    expect(it.types()).toEqual(['CourseCompleted']);
    expect(it.store.aside).toEqual([]);
  });

  test('is taken off the list by a poll once it has an id', async () => {
    const it = await withRecordWithoutId();
    it.kombo.rejected = [];
    it.put(mended);
    await it.poll();
    expect(it.types()).toEqual(['CourseCompleted']);
    expect(it.store.aside).toEqual([]);
  });

  test('is settled by a retry when it is gone', async () => {
    const it = await withRecordWithoutId();
    it.kombo.rejected = [];
    expect(await retry(it)).toMatchObject({ processed: [standIn], remaining: [] });
  });

  test('stays when Kombo gives pages without end', async () => {
    const it = await withRecordWithoutId();
    const { readPage } = it.ports.kombo;
    let pages = 0;
    const endless: typeof readPage = async (request) => {
      pages += 1;
      return { ...(await readPage({ ...request, cursor: null })), next: `at-${pages}` };
    };
    it.ports.kombo = { ...it.ports.kombo, readPage: endless };
    await expect(retry(it)).rejects.toThrow('still no last page');
    expect(it.store.aside).toHaveLength(1);
  });
});

describe('an event that was set aside', () => {
  test('is published again under its id, and taken off the list', async () => {
    const it = await withRefusedEvent();
    const [item] = it.store.aside;
    it.bus.refusal = () => null;
    expect(await retry(it)).toMatchObject({ processed: [{ kind: 'event' }], remaining: [] });
    expect(it.bus.published.map(({ detail }) => detail.id)).toEqual([item?.id]);
    expect(it.store.aside).toEqual([]);
  });

  test('and is still refused stays, with today’s reason', async () => {
    const it = await withRefusedEvent();
    it.bus.refusal = () => 'NotToday';
    expect(await retry(it)).toMatchObject({
      processed: [],
      remaining: [{ kind: 'event', reason: 'NotToday' }],
    });
    expect(it.store.aside).toHaveLength(1);
  });

  test('and is no longer in the journal stays, and says so', async () => {
    const it = await withRefusedEvent();
    it.store.journal.clear();
    const { remaining } = await retry(it);
    expect(remaining[0]?.reason).toBe('the journal no longer has this event');
  });

  test('stays when the bus is away', async () => {
    const it = await withRefusedEvent();
    it.bus.fails = () => true;
    await expect(retry(it)).rejects.toThrow('the bus did not take it');
    expect(it.store.aside).toHaveLength(1);
  });
});
