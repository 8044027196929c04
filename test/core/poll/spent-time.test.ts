import { describe, expect, test } from 'vitest';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { MINUTE_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

describe('time that is spent', () => {
  test('ends the run between two pages, and the next call goes on from the cursor', async () => {
    const it = world({ mode: 'publish' });
    it.put(...Array.from({ length: 7 }, (_, at) => observed({ id: `p${at}` })));
    it.kombo.pageSize = 2;
    const outcomes: string[] = [];
    for (let call = 0; outcomes.at(-1) !== 'ended' && call < 20; call += 1) {
      outcomes.push((await it.poll({ timeLeft: () => false })).kind);
      it.clock.advance(MINUTE_MS);
    }
    expect(outcomes).toEqual([...Array.from({ length: 7 }, () => 'more'), 'ended']);
    expect(it.types()).toHaveLength(7);
    expect(it.kombo.reads.slice(0, 5).map(({ cursor }) => cursor)).toEqual([
      null,
      'at-2',
      'at-4',
      'at-6',
      null,
    ]);
    expect(it.store.place()).toMatchObject({
      lease: null,
      checkpoint: {
        watermark: '2026-03-02T08:00:00.000Z',
        lastRun: { mode: 'baseline', pages: 8, events: 7 },
      },
    });
  });

  test('leaves a cursor that Kombo may no longer take: then the pages start over', async () => {
    const it = await synced(['a', 'b', 'c']);
    it.kombo.pageSize = 2;
    it.put(...['a', 'b', 'c'].map((id) => observed({ id, status: 'IN_PROGRESS' })));
    await it.poll({ timeLeft: () => false });
    it.kombo.cursorsRefused = 1;

    const outcome = await it.poll();

    expect(outcome).toMatchObject({ kind: 'ended', ended: [{ events: 3 }] });
    expect(it.types()).toHaveLength(3);
    expect(it.kombo.reads.map(({ cursor }) => cursor).slice(0, 4)).toEqual([null, 'at-2', null, 'at-2']);
  });

  test('and a cursor that is refused again and again give the run up', async () => {
    const it = await synced(['a', 'b', 'c']);
    it.kombo.pageSize = 2;
    it.put(...['a', 'b', 'c'].map((id) => observed({ id, status: 'IN_PROGRESS' })));
    it.kombo.cursorsRefused = 100;
    expect(await it.poll()).toMatchObject({ kind: 'failed', failure: { kind: 'integration' } });
    expect(it.store.place().checkpoint.run).toBeNull();
    it.kombo.cursorsRefused = 0;
    expect(await it.poll()).toMatchObject({ kind: 'ended' });
    expect(it.types()).toHaveLength(3);
  });
});

test('pages that go in circles give the run up, and what they told stays told', async () => {
  const it = await synced(['a', 'b', 'c', 'd']);
  it.kombo.pageSize = 2;
  it.put(...['a', 'b', 'c', 'd'].map((id) => observed({ id, status: 'DROPPED' })));
  const { readPage } = it.kombo;
  it.ports.kombo = {
    ...it.kombo,
    readPage: async (request) => ({ ...(await readPage(request)), next: 'at-0' }),
  };

  expect(await it.poll()).toMatchObject({ kind: 'failed', failure: { kind: 'integration' } });
  expect(it.store.place().checkpoint).toMatchObject({ run: null, watermark: '2026-03-02T08:00:00.000Z' });

  it.ports.kombo = it.kombo;
  await it.poll();
  expect(it.types()).toHaveLength(4);
});

describe('a reconciliation', () => {
  test('finds what updated_after never showed, publishes it and counts it', async () => {
    const it = await synced();
    it.put(observed({ id: 'a', status: 'DROPPED' }));
    for (const record of it.shown) record.updatedAt = 0;
    await it.poll();
    expect(it.types()).toEqual([]);

    const outcome = await it.poll({ mode: 'reconcile' });

    expect(it.types()).toEqual(['LearnerDropped']);
    expect(outcome).toMatchObject({
      ended: [{ mode: 'incremental' }, { mode: 'reconcile', missed: 1, events: 1 }],
    });
    expect(it.store.place().checkpoint.watermark).toBe('2026-03-02T09:00:00.000Z');
  });

  test('goes on in slices, and the incremental run has its turn before each', async () => {
    const it = await synced(['a', 'b', 'c', 'd']);
    it.kombo.pageSize = 1;
    for (const record of it.shown) record.updatedAt = 0;
    // A minute a page: the time of one slice.
    it.kombo.beforePage = ({ updatedAfter }) => it.clock.advance(updatedAfter === null ? MINUTE_MS : 0);
    const outcomes = [await it.poll({ mode: 'reconcile' })];
    while (outcomes.at(-1)?.kind === 'more') outcomes.push(await it.poll());

    expect(outcomes.length).toBeGreaterThan(2);
    const turns = it.kombo.reads.map(({ updatedAfter }) =>
      updatedAfter === null ? 'reconcile' : 'incremental',
    );
    expect(turns[0]).toBe('incremental');
    expect(turns.filter((turn) => turn === 'incremental')).toHaveLength(outcomes.length);
    expect(it.store.place().checkpoint).toMatchObject({
      reconciliation: null,
      lastReconciliation: { pages: 4 },
    });
  });
});
