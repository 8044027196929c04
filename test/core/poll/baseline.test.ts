import { describe, expect, test } from 'vitest';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { MINUTE_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

describe('an integration that was never synced', () => {
  test('gets its baseline, silently, whatever was asked for', async () => {
    for (const mode of [undefined, 'incremental', 'baseline'] as const) {
      const it = world();
      it.put(observed({ id: 'a' }), observed({ id: 'b', status: 'COMPLETED' }));

      const outcome = await it.poll(mode === undefined ? {} : { mode });

      expect(outcome).toMatchObject({ kind: 'ended', ended: [{ mode: 'baseline', records: 2, events: 0 }] });
      expect(it.bus.published).toEqual([]);
      expect(it.kombo.reads).toEqual([{ updatedAfter: null, cursor: null }]);
      expect(it.store.place()).toMatchObject({
        lease: null,
        checkpoint: { entry: 1, known: 2, run: null, watermark: '2026-03-02T08:00:00.000Z' },
      });
    }
  });

  test('is not reconciled before its baseline gave it a watermark', async () => {
    const it = world();
    it.put(observed({ removedAt: '2026-02-20T00:00:00.000Z' }));
    it.kombo.dataExpiredAt = '2026-03-01T00:00:00.000Z';
    expect(await it.poll({ mode: 'reconcile' })).toMatchObject({
      kind: 'ended',
      ended: [{ mode: 'baseline' }],
    });
    expect(it.store.place().checkpoint).toMatchObject({ watermark: null, reconciliation: null });
    expect(it.kombo.reads).toHaveLength(1);
  });

  test('is said to be baselined', async () => {
    const it = world();
    it.put(observed());
    await it.poll();
    expect(it.bus.notified).toMatchObject([
      {
        type: 'IntegrationBaselined',
        detail: { baseline: 'silent', progressions: 1, watermark: '2026-03-02T08:00:00.000Z' },
      },
    ]);
  });

  test('publishes its baseline when the settings say so', async () => {
    const it = world({ mode: 'publish' });
    it.put(observed(), observed({ id: 'p2', removedAt: '2026-02-20T00:00:00.000Z' }));
    await it.poll();
    expect(it.types()).toEqual(['LearnerEnrolled']);
  });

  test('is reconciled only after its baseline', async () => {
    const it = world();
    it.put(observed());
    expect(await it.poll({ mode: 'reconcile' })).toMatchObject({
      kind: 'ended',
      ended: [{ mode: 'baseline' }, { mode: 'reconcile', missed: 0 }],
    });
  });
});

describe('a baseline of a synced integration', () => {
  test('is refused with the reason that events would be lost', async () => {
    const it = await synced();
    const outcome = await it.poll({ mode: 'baseline' });
    expect(outcome.kind).toBe('refused');
    expect(outcome.kind === 'refused' && outcome.reason).toMatch(/since then without publishing it/);
    expect(it.kombo.reads).toEqual([]);
    expect(it.store.place().lease).toBeNull();
  });

  test('is done when a person insists, in the place of the run in progress', async () => {
    const it = await synced();
    it.put(observed({ id: 'a', status: 'COMPLETED' }));
    const outcome = await it.poll({ mode: 'baseline', force: true });
    expect(outcome).toMatchObject({ kind: 'ended', ended: [{ mode: 'baseline' }] });
    expect(it.bus.published).toEqual([]);
    expect(it.store.known.get('a')?.state.status).toBe('COMPLETED');
  });

  test('that is done twice without a change between them is published under two event ids', async () => {
    const it = await synced();
    await it.poll({ mode: 'baseline', force: true });
    it.clock.advance(MINUTE_MS);
    await it.poll({ mode: 'baseline', force: true });
    const ids = it.bus.notified
      .filter(({ type }) => type === 'IntegrationBaselined')
      .map(({ detail }) => detail.id);
    expect(new Set(ids).size).toBe(2);
  });

  test('goes on in the next call, and needs no force for that', async () => {
    const it = await synced(['a', 'b', 'c', 'd']);
    it.kombo.pageSize = 2;
    expect(await it.poll({ mode: 'baseline', force: true, timeLeft: () => false })).toMatchObject({
      kind: 'more',
    });
    expect(it.store.place().checkpoint.run).toMatchObject({ mode: 'baseline', cursor: 'at-2' });
    expect(await it.poll({ mode: 'baseline' })).toMatchObject({
      kind: 'ended',
      ended: [{ mode: 'baseline' }],
    });
  });
});
