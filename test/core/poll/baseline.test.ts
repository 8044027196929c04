import { describe, expect, test } from 'vitest';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { MINUTE_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

describe('an integration that was never synced', () => {
  test('the first run of an integration is a silent baseline, even if an incremental run was requested', async () => {
    for (const mode of [undefined, 'incremental', 'baseline'] as const) {
      const poller = world();
      poller.put(observed({ id: 'a' }), observed({ id: 'b', status: 'COMPLETED' }));

      const outcome = await poller.poll(mode === undefined ? {} : { mode });

      expect(outcome).toMatchObject({ kind: 'ended', ended: [{ mode: 'baseline', records: 2, events: 0 }] });
      expect(poller.bus.published).toEqual([]);
      expect(poller.kombo.reads).toEqual([{ updatedAfter: null, cursor: null }]);
      expect(poller.store.place()).toMatchObject({
        lease: null,
        checkpoint: { entry: 1, known: 2, run: null, watermark: '2026-03-02T08:00:00.000Z' },
      });
    }
  });

  test("a requested reconciliation waits after a baseline that set no watermark because Kombo's data is expired", async () => {
    const poller = world();
    poller.put(observed({ removedAt: '2026-02-20T00:00:00.000Z' }));
    poller.kombo.dataExpiredAt = '2026-03-01T00:00:00.000Z';
    expect(await poller.poll({ mode: 'reconcile' })).toMatchObject({
      kind: 'ended',
      ended: [{ mode: 'baseline' }],
    });
    expect(poller.store.place().checkpoint).toMatchObject({
      watermark: null,
      reconciliation: { pages: 0 },
    });
    expect(poller.kombo.reads).toHaveLength(1);
  });

  test('a record that a silent baseline missed is published if the second reconciliation finds it, not if the first finds it', async () => {
    const poller = world();
    poller.put(observed({ id: 'a' }));
    await poller.poll();
    /**
     * Adds a record that has not changed since before the baseline, so that only a run that reads all records
     * finds it.
     */
    const appear = (id: string) => {
      poller.put(observed({ id, changedAt: '2026-03-01T08:00:00.000Z' }));
      const record = poller.shown.at(-1);
      if (record !== undefined) record.updatedAt = Date.parse('2026-03-01T08:00:00.000Z');
      poller.clock.advance(MINUTE_MS);
    };

    appear('b');
    await poller.poll({ mode: 'reconcile' });
    expect(poller.types()).toEqual([]);
    expect(poller.store.place().checkpoint.known).toBe(2);

    appear('c');
    await poller.poll({ mode: 'reconcile' });
    expect(poller.types()).toEqual(['LearnerEnrolled']);
  });

  test('IntegrationBaselined is published at the end of a baseline', async () => {
    const poller = world();
    poller.put(observed());
    await poller.poll();
    expect(poller.bus.notified).toMatchObject([
      {
        type: 'IntegrationBaselined',
        detail: { baseline: 'silent', progressions: 1, watermark: '2026-03-02T08:00:00.000Z' },
      },
    ]);
  });

  test('a baseline with the mode `publish` publishes an event for each record that is not removed', async () => {
    const poller = world({ mode: 'publish' });
    poller.put(observed(), observed({ id: 'p2', removedAt: '2026-02-20T00:00:00.000Z' }));
    await poller.poll();
    expect(poller.types()).toEqual(['LearnerEnrolled']);
  });

  test('when a reconciliation is requested before the first sync, the poll runs the baseline and then the reconciliation', async () => {
    const poller = world();
    poller.put(observed());
    expect(await poller.poll({ mode: 'reconcile' })).toMatchObject({
      kind: 'ended',
      ended: [{ mode: 'baseline' }, { mode: 'reconcile', missed: 0 }],
    });
  });
});

describe('a baseline of a synced integration', () => {
  test('a new baseline of a synced integration is refused without `force`, because changes can be stored without events', async () => {
    const poller = await synced();
    const outcome = await poller.poll({ mode: 'baseline' });
    expect(outcome.kind).toBe('refused');
    expect(outcome.kind === 'refused' && outcome.reason).toMatch(
      /only if the integration's baseline setting includes them/,
    );
    expect(poller.kombo.reads).toEqual([]);
    expect(poller.store.place().lease).toBeNull();
  });

  test('a new silent baseline with `force` stores changes without events and runs instead of the incremental run', async () => {
    const poller = await synced();
    poller.put(observed({ id: 'a', status: 'COMPLETED' }));
    const outcome = await poller.poll({ mode: 'baseline', force: true });
    expect(outcome).toMatchObject({ kind: 'ended', ended: [{ mode: 'baseline' }] });
    expect(poller.bus.published).toEqual([]);
    expect(poller.store.known.get('a')?.state.status).toBe('COMPLETED');
  });

  test('a forced baseline replaces an incremental run in progress', async () => {
    const poller = await synced();
    poller.kombo.pageSize = 1;
    poller.put(observed({ id: 'a', status: 'COMPLETED' }), observed({ id: 'b', status: 'COMPLETED' }));
    await poller.poll({ timeLeft: () => false });
    expect(poller.store.place().checkpoint.run).toMatchObject({ mode: 'incremental' });
    await poller.poll({ mode: 'baseline', force: true });
    expect(poller.store.place().checkpoint).toMatchObject({ run: null, lastRun: { mode: 'baseline' } });
    expect(poller.types()).toEqual(['CourseCompleted']);
  });

  test('two forced baselines publish IntegrationBaselined with different ids, even if nothing changed between the baselines', async () => {
    const poller = await synced();
    await poller.poll({ mode: 'baseline', force: true });
    poller.clock.advance(MINUTE_MS);
    await poller.poll({ mode: 'baseline', force: true });
    const ids = poller.bus.notified
      .filter(({ type }) => type === 'IntegrationBaselined')
      .map(({ detail }) => detail.id);
    expect(new Set(ids).size).toBe(2);
  });

  test('a forced baseline that ran out of time is continued by the next poll without `force`', async () => {
    const poller = await synced(['a', 'b', 'c', 'd']);
    poller.kombo.pageSize = 2;
    expect(await poller.poll({ mode: 'baseline', force: true, timeLeft: () => false })).toMatchObject({
      kind: 'more',
    });
    expect(poller.store.place().checkpoint.run).toMatchObject({ mode: 'baseline', cursor: 'at-2' });
    expect(await poller.poll({ mode: 'baseline' })).toMatchObject({
      kind: 'ended',
      ended: [{ mode: 'baseline' }],
    });
  });
});
