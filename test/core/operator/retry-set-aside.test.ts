import { describe, expect, test } from 'vitest';
import { isRunError } from '../../../functions/core/errors.ts';
import { type RetriedSetAside, retrySetAside } from '../../../functions/core/operator/retry-set-aside.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import { standInOf } from '../../../functions/core/poll/set-aside-records.ts';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { type World, world } from '../../support/world.ts';

const BROKEN = { id: 'a', reason: 'enrolled_at is not a valid timestamp' };
const REMOVED = '2026-03-02T08:30:00.000Z';

/** Creates a synced integration with a record that was unreadable in the last run. */
async function withBrokenRecord(): Promise<World> {
  const poller = await synced(['a', 'b', 'c']);
  poller.kombo.rejected = [BROKEN];
  await poller.poll();
  poller.kombo.rejected = [];
  expect(poller.store.aside).toMatchObject([{ kind: 'record', ...BROKEN }]);
  return poller;
}

/** Creates a synced integration with an event that the bus refused. */
async function withRefusedEvent(): Promise<World> {
  const poller = await synced(['a', 'b']);
  poller.bus.refusal = ({ detail }) => (detail.progression.id === 'b' ? 'MalformedDetail' : null);
  poller.put(...['a', 'b'].map((id) => observed({ id, status: 'IN_PROGRESS' })));
  await poller.poll();
  poller.bus.published.length = 0;
  expect(poller.store.aside).toMatchObject([{ kind: 'event', reason: 'MalformedDetail' }]);
  return poller;
}

let operators = 0;

async function retry(poller: World): Promise<RetriedSetAside> {
  operators += 1;
  const done = await withLease(
    poller.ports,
    poller.settings,
    poller.integration,
    `operator-${operators}`,
    async (worker) => retrySetAside(worker, await poller.store.readSetAside(poller.integration.id)),
  );
  if (!done.done) throw new Error('a poll holds the lease');
  return done.result;
}

describe('a record that was set aside', () => {
  test('the retry of a set-aside record publishes the missed change, and the record is no longer listed as set aside', async () => {
    const poller = await withBrokenRecord();
    poller.put(observed({ id: 'a', status: 'COMPLETED', completedAt: REMOVED }));
    expect(await retry(poller)).toMatchObject({ processed: [BROKEN], remaining: [] });
    expect(poller.types()).toEqual(['CourseCompleted']);
    expect(poller.store.aside).toEqual([]);
    await poller.poll();
    expect(poller.types()).toEqual(['CourseCompleted']);
  });

  test('the retry of a set-aside record without a missed change processes the record and publishes nothing', async () => {
    const poller = await withBrokenRecord();
    const { entry } = poller.store.place().checkpoint;
    expect(await retry(poller)).toMatchObject({ processed: [BROKEN] });
    expect(poller.types()).toEqual([]);
    expect(poller.store.place().checkpoint.entry).toBe(entry);
  });

  test('the retry of a set-aside record keeps an unknown status on the list of set-aside items', async () => {
    const poller = await withBrokenRecord();
    poller.put(observed({ id: 'b', status: null }, { unknownStatus: 'SUSPENDED' }));
    await poller.poll();
    await retry(poller);
    expect(poller.store.aside).toMatchObject([{ kind: 'status', id: 'SUSPENDED' }]);
  });

  test('a set-aside record that cannot be read at its retry remains listed as set aside, and the retry returns the new reason', async () => {
    const poller = await withBrokenRecord();
    const reason = 'changed_at does not fit the schema';
    poller.ports.kombo = {
      ...poller.kombo,
      readByIds: async () => ({ records: [], rejected: [{ id: 'a', reason }] }),
    };
    expect(await retry(poller)).toMatchObject({ processed: [], remaining: [{ id: 'a', reason }] });
    expect(poller.store.aside).toHaveLength(1);
  });

  test('a set-aside record that Kombo no longer has at its retry remains listed as set aside', async () => {
    const poller = await withBrokenRecord();
    poller.shown.length = 0;
    expect(await retry(poller)).toMatchObject({
      remaining: [{ id: 'a', reason: 'Kombo no longer has this record' }],
    });
    expect(poller.store.aside).toHaveLength(1);
  });

  test("the retry of a set-aside record does not publish a removal while Kombo's data is expired", async () => {
    const poller = await withBrokenRecord();
    poller.put(observed({ id: 'a', removedAt: REMOVED }));
    poller.kombo.dataExpiredAt = REMOVED;
    const { remaining } = await retry(poller);
    expect(remaining[0]?.reason).toContain('not trusted');
    expect(poller.types()).toEqual([]);
  });

  test('the retry of a set-aside record does not publish a suspect change that exceeds the limit', async () => {
    const poller = await withBrokenRecord();
    poller.put(observed({ id: 'a', removedAt: REMOVED }));
    poller.settings.surgeFloor = 0;
    const { remaining } = await retry(poller);
    expect(remaining[0]?.reason).toContain('to publish without a person');
    expect(poller.types()).toEqual([]);
  });

  test('the retry of a set-aside record publishes nothing before a silent first sync has ended', async () => {
    const poller = world();
    poller.kombo.pageSize = 1;
    poller.kombo.rejected = [BROKEN];
    poller.put(observed({ id: 'b' }), observed({ id: 'c' }));
    expect(await poller.poll({ timeLeft: () => false })).toMatchObject({ kind: 'more' });
    poller.kombo.rejected = [];
    poller.put(observed({ id: 'a' }));
    expect(await retry(poller)).toMatchObject({ processed: [BROKEN] });
    expect(poller.types()).toEqual([]);

    poller.put(observed({ id: 'a', status: 'IN_PROGRESS' }));
    await poller.poll();
    expect(poller.types()).toEqual(['CourseStarted']);
  });

  test('the retry of a set-aside record publishes nothing during a forced silent baseline', async () => {
    const poller = await withBrokenRecord();
    poller.kombo.pageSize = 1;
    poller.kombo.rejected = [BROKEN];
    await poller.poll({ mode: 'baseline', force: true, timeLeft: () => false });
    poller.kombo.rejected = [];
    poller.put(observed({ id: 'a', status: 'IN_PROGRESS' }));
    expect(await retry(poller)).toMatchObject({ processed: [BROKEN] });
    expect(poller.types()).toEqual([]);
    expect(poller.store.known.get('a')?.state.status).toBe('IN_PROGRESS');
  });

  test('the change of a set-aside record is published once when the first retry was killed after the publication', async () => {
    const poller = await withBrokenRecord();
    poller.put(observed({ id: 'a', status: 'DROPPED' }));
    const { removeSetAside } = poller.store;
    poller.ports.store = { ...poller.store, removeSetAside: () => Promise.reject(new Error('killed')) };
    await expect(retry(poller)).rejects.toThrow('killed');
    poller.ports.store = { ...poller.store, removeSetAside };
    expect(await retry(poller)).toMatchObject({ processed: [BROKEN] });
    expect(poller.types()).toEqual(['LearnerDropped']);
    expect(poller.store.aside).toEqual([]);
  });
});

describe('a record without an id', () => {
  const mended = observed({ id: 'd', status: 'COMPLETED', completedAt: REMOVED });
  const standIn = { id: standInOf(mended), reason: 'id does not fit the schema' };

  async function withRecordWithoutId(): Promise<World> {
    const poller = await synced(['a', 'b']);
    poller.kombo.rejected = [standIn];
    for (const mode of ['incremental', 'reconcile', 'incremental'] as const) await poller.poll({ mode });
    expect(poller.store.aside).toMatchObject([{ kind: 'record', ...standIn }]);
    return poller;
  }

  test('a record without an id is listed as set aside once, although several runs read it, and a retry keeps it on the list', async () => {
    const poller = await withRecordWithoutId();
    expect(await retry(poller)).toMatchObject({ processed: [], remaining: [standIn] });
    expect(poller.store.aside).toHaveLength(1);
  });

  test('when a set-aside record without an id gets an id in Kombo, its retry finds the record on any page and publishes its event', async () => {
    const poller = await withRecordWithoutId();
    poller.kombo.rejected = [];
    poller.kombo.pageSize = 1;
    poller.put(mended);
    expect(await retry(poller)).toMatchObject({ processed: [standIn], remaining: [] });
    expect(poller.types()).toEqual(['CourseCompleted']);
    expect(poller.store.aside).toEqual([]);
  });

  test('a record without an id is no longer listed as set aside when a poll reads the record with an id', async () => {
    const poller = await withRecordWithoutId();
    poller.kombo.rejected = [];
    poller.put(mended);
    await poller.poll();
    expect(poller.types()).toEqual(['CourseCompleted']);
    expect(poller.store.aside).toEqual([]);
  });

  test('after the retry of a record without an id that Kombo no longer shows, the record is no longer listed as set aside', async () => {
    const poller = await withRecordWithoutId();
    poller.kombo.rejected = [];
    expect(await retry(poller)).toMatchObject({ processed: [standIn], remaining: [] });
  });

  test.each([
    ['Kombo refuses a cursor', ({ kombo }: World) => (kombo.cursorsRefused = 1), 'the cursor is not taken'],
    [
      'the computer sleeps and the lease expires',
      ({ kombo, clock, settings }: World) => (kombo.beforePage = () => clock.advance(settings.leaseMs + 1)),
      'The lease expired before the work was finished',
    ],
  ])(
    'when %s during the retry of a record without an id, the retry fails with an error that names the reason',
    async (_what, fail, message) => {
      const poller = await withRecordWithoutId();
      poller.kombo.pageSize = 1;
      fail(poller);
      const error = await retry(poller).catch((thrown: unknown) => thrown);
      expect(isRunError(error) && error.message).toContain(message);
      expect(poller.store.aside).toHaveLength(1);
    },
  );

  test("the retry of a record without an id fails and keeps the record listed as set aside when Kombo's pages do not end", async () => {
    const poller = await withRecordWithoutId();
    const { readPage } = poller.ports.kombo;
    let pages = 0;
    const endless: typeof readPage = async (request) => {
      pages += 1;
      return { ...(await readPage({ ...request, cursor: null })), next: `at-${pages}` };
    };
    poller.ports.kombo = { ...poller.ports.kombo, readPage: endless };
    await expect(retry(poller)).rejects.toThrow('no page was the last one');
    expect(poller.store.aside).toHaveLength(1);
  });
});

describe('an event that was set aside', () => {
  test('the retry of a set-aside event publishes the event with its first id, and the event is no longer listed as set aside', async () => {
    const poller = await withRefusedEvent();
    const [item] = poller.store.aside;
    poller.bus.refusal = () => null;
    expect(await retry(poller)).toMatchObject({ processed: [{ kind: 'event' }], remaining: [] });
    expect(poller.bus.published.map(({ detail }) => detail.id)).toEqual([item?.id]);
    expect(poller.store.aside).toEqual([]);
  });

  test('a set-aside event that the bus refuses again remains listed as set aside, and the retry returns the new reason', async () => {
    const poller = await withRefusedEvent();
    poller.bus.refusal = () => 'NotToday';
    expect(await retry(poller)).toMatchObject({
      processed: [],
      remaining: [{ kind: 'event', reason: 'NotToday' }],
    });
    expect(poller.store.aside).toHaveLength(1);
  });

  test('the retry of a set-aside event that the journal no longer has keeps the event listed as set aside, with this reason', async () => {
    const poller = await withRefusedEvent();
    poller.store.journal.clear();
    const { remaining } = await retry(poller);
    expect(remaining[0]?.reason).toBe('the journal no longer has this event');
  });

  test('the retry of a set-aside event fails and keeps the event listed as set aside when the bus does not accept the event', async () => {
    const poller = await withRefusedEvent();
    poller.bus.fails = () => true;
    await expect(retry(poller)).rejects.toThrow('the bus did not take it');
    expect(poller.store.aside).toHaveLength(1);
  });
});
