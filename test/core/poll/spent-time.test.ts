import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RateLimitedError, TransientError } from '../../../functions/core/errors.ts';
import { observed } from '../../support/observed.ts';
import { pollToTheEnd } from '../../support/poll-to-the-end.ts';
import { synced } from '../../support/synced-world.ts';
import { MINUTE_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

describe('a run without time left', () => {
  test("when no time is left after a page, the run stops, and the next poll continues from the run's cursor", async () => {
    const poller = world({ mode: 'publish' });
    poller.put(...Array.from({ length: 7 }, (_, at) => observed({ id: `p${at}` })));
    poller.kombo.pageSize = 2;
    const outcomes: string[] = [];
    for (let call = 0; outcomes.at(-1) !== 'ended' && call < 20; call += 1) {
      outcomes.push((await poller.poll({ timeLeft: () => false })).kind);
      poller.clock.advance(MINUTE_MS);
    }
    expect(outcomes).toEqual(['more', 'more', 'more', 'ended']);
    expect(poller.types()).toHaveLength(7);
    expect(poller.kombo.reads.map(({ cursor }) => cursor)).toEqual([null, 'at-2', 'at-4', 'at-6']);
    expect(poller.store.place()).toMatchObject({
      lease: null,
      checkpoint: {
        watermark: '2026-03-02T08:00:00.000Z',
        lastRun: { mode: 'baseline', pages: 4, events: 7 },
      },
    });
  });

  test('an incremental run that takes several polls makes a second pass, because its first pass does not prove that every record was read', async () => {
    const poller = await synced(['a', 'b', 'c']);
    poller.kombo.pageSize = 2;
    poller.put(...['a', 'b', 'c'].map((id) => observed({ id, status: 'IN_PROGRESS' })));
    await poller.poll({ timeLeft: () => false });
    // This poll reads the last page of the first pass, and has no time for a page of the second pass.
    expect(await poller.poll({ timeLeft: () => false })).toMatchObject({ kind: 'more' });
    expect(poller.kombo.reads).toHaveLength(2);

    const outcome = await poller.poll();

    expect(outcome).toMatchObject({ kind: 'ended', ended: [{ pages: 4, events: 3 }] });
  });

  test('when Kombo no longer accepts the cursor of a run, the run starts over and publishes each event once', async () => {
    const poller = await synced(['a', 'b', 'c']);
    poller.kombo.pageSize = 2;
    poller.put(...['a', 'b', 'c'].map((id) => observed({ id, status: 'IN_PROGRESS' })));
    await poller.poll({ timeLeft: () => false });
    poller.kombo.cursorsRefused = 1;

    const outcome = await poller.poll();

    expect(outcome).toMatchObject({ kind: 'ended', ended: [{ events: 3 }] });
    expect(poller.types()).toHaveLength(3);
    expect(poller.kombo.reads.map(({ cursor }) => cursor).slice(0, 4)).toEqual([null, 'at-2', null, 'at-2']);
  });

  test('a run fails when Kombo repeatedly refuses its cursor, and the next poll starts a new run', async () => {
    const poller = await synced(['a', 'b', 'c']);
    poller.kombo.pageSize = 2;
    poller.put(...['a', 'b', 'c'].map((id) => observed({ id, status: 'IN_PROGRESS' })));
    poller.kombo.cursorsRefused = 100;
    expect(await poller.poll()).toMatchObject({ kind: 'failed', failure: { kind: 'integration' } });
    expect(poller.store.place().checkpoint.run).toBeNull();
    poller.kombo.cursorsRefused = 0;
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(poller.types()).toHaveLength(3);
  });
});

test('a run fails when its pages repeat without end, and the next run publishes each event once', async () => {
  const poller = await synced(['a', 'b', 'c', 'd']);
  poller.kombo.pageSize = 2;
  poller.put(...['a', 'b', 'c', 'd'].map((id) => observed({ id, status: 'DROPPED' })));
  const { readPage } = poller.kombo;
  poller.ports.kombo = {
    ...poller.kombo,
    readPage: async (request) => ({ ...(await readPage(request)), next: 'at-0' }),
  };

  expect(await poller.poll()).toMatchObject({ kind: 'failed', failure: { kind: 'integration' } });
  expect(poller.store.place().checkpoint).toMatchObject({ run: null, watermark: '2026-03-02T08:00:00.000Z' });

  poller.ports.kombo = poller.kombo;
  await poller.poll();
  expect(poller.types()).toHaveLength(4);
});

describe('a run whose pages repeat without end, with time for one page in each poll', () => {
  /** Polls until a poll fails. Returns the number of polls, at most 20. */
  async function pollsUntilFailed(poller: World): Promise<number> {
    const { readPage } = poller.kombo;
    poller.ports.kombo = {
      ...poller.kombo,
      readPage: async (request) => {
        const page = await readPage(request);
        return { ...page, next: page.next ?? 'at-0' };
      },
    };
    for (let polls = 1; polls <= 20; polls += 1) {
      const { kind } = await poller.poll({ timeLeft: () => false });
      if (kind === 'failed') return polls;
    }
    return Number.POSITIVE_INFINITY;
  }

  test('a run whose pages repeat fails after a few polls, although each poll reads only one page', async () => {
    const poller = await synced(['a', 'b', 'c', 'd']);
    poller.kombo.pageSize = 2;
    poller.put(...['a', 'b', 'c', 'd'].map((id) => observed({ id, status: 'COMPLETED' })));
    expect(await pollsUntilFailed(poller)).toBeLessThan(10);
  });

  test('a count of held changes whose pages repeat fails after a few polls, although each poll counts only one page', async () => {
    const ids = Array.from({ length: 60 }, (_, at) => `p${at}`);
    const poller = await synced(ids);
    poller.kombo.pageSize = 30;
    poller.put(...ids.map((id) => observed({ id, status: 'DROPPED' })));
    expect(await pollsUntilFailed(poller)).toBeLessThan(10);
    expect(poller.types()).toEqual([]);
  });
});

describe('a reconciliation', () => {
  test('a reconciliation publishes a change that no request with `updated_after` returned, and counts the change as missed', async () => {
    const poller = await synced();
    poller.put(observed({ id: 'a', status: 'DROPPED' }));
    for (const record of poller.shown) record.updatedAt = 0;
    await poller.poll();
    expect(poller.types()).toEqual([]);

    const outcome = await poller.poll({ mode: 'reconcile' });

    expect(poller.types()).toEqual(['LearnerDropped']);
    expect(outcome).toMatchObject({
      ended: [{ mode: 'incremental' }, { mode: 'reconcile', missed: 1, events: 1 }],
    });
    expect(poller.store.place().checkpoint.watermark).toBe('2026-03-02T09:00:00.000Z');
  });

  test('a requested reconciliation is done by a later poll without a mode, whatever ends the polls before it', async () => {
    const ends = ['no time', 'failure', 'rate limit'] as const;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...ends), { maxLength: 4 }), async (before) => {
        const poller = await synced(['a', 'b']);
        poller.kombo.pageSize = 1;
        let mode: 'reconcile' | undefined = 'reconcile';
        for (const end of before) {
          poller.put(observed({ id: 'a' }), observed({ id: 'b' }));
          if (end === 'failure') poller.kombo.failures = [new TransientError('no response')];
          if (end === 'rate limit') poller.kombo.failures = [new RateLimitedError('wait', { waitMs: 1 })];
          await poller.poll({ ...(mode && { mode }), timeLeft: () => end !== 'no time' });
          mode = undefined;
          poller.clock.advance(MINUTE_MS);
        }
        await pollToTheEnd(poller, mode);
        expect(poller.store.place().checkpoint.lastReconciliation).toMatchObject({ mode: 'reconcile' });
      }),
      { numRuns: 40 },
    );
  });

  test('when a reconciliation takes several polls, each of these polls begins with an incremental run', async () => {
    const poller = await synced(['a', 'b', 'c', 'd']);
    poller.kombo.pageSize = 1;
    for (const record of poller.shown) record.updatedAt = 0;
    // In a reconciliation, each page takes a minute to read. A poll continues a reconciliation for at most a
    // minute.
    poller.kombo.beforePage = ({ updatedAfter }) =>
      poller.clock.advance(updatedAfter === null ? MINUTE_MS : 0);
    const outcomes = [await poller.poll({ mode: 'reconcile' })];
    while (outcomes.at(-1)?.kind === 'more') outcomes.push(await poller.poll());

    expect(outcomes.length).toBeGreaterThan(2);
    const turns = poller.kombo.reads.map(({ updatedAfter }) =>
      updatedAfter === null ? 'reconcile' : 'incremental',
    );
    expect(turns[0]).toBe('incremental');
    expect(turns.filter((turn) => turn === 'incremental')).toHaveLength(outcomes.length);
    expect(poller.store.place().checkpoint).toMatchObject({
      reconciliation: null,
      lastReconciliation: { pages: 4 },
    });
  });
});
