import { describe, expect, test } from 'vitest';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

describe('expired data', () => {
  test('leaves the watermark where it is until it is valid again', async () => {
    const it = await synced();
    it.kombo.dataExpiredAt = '2026-03-02T08:30:00.000Z';
    it.put(
      observed({ id: 'a', removedAt: '2026-03-02T08:50:00.000Z' }),
      observed({ id: 'b', status: 'DROPPED' }),
    );
    await it.poll();
    expect(it.types()).toEqual(['LearnerDropped']);
    expect(it.store.place().checkpoint.watermark).toBe('2026-03-02T08:00:00.000Z');

    it.kombo.dataExpiredAt = null;
    it.clock.advance(5 * HOUR_MS);
    await it.poll();
    expect(it.types()).toEqual(['LearnerDropped', 'ProgressionRemoved']);
    expect(it.store.place().checkpoint.watermark).toBe('2026-03-02T14:00:00.000Z');
  });

  test('is asked about only when a record speaks of a removal', async () => {
    const it = await synced();
    it.put(observed({ id: 'a', status: 'DROPPED' }));
    await it.poll();
    expect(it.kombo.detailReads).toBe(0);
  });

  test('does not end a first sync', async () => {
    const it = world();
    it.kombo.dataExpiredAt = '2026-03-02T07:00:00.000Z';
    it.put(observed({ removedAt: '2026-03-02T07:30:00.000Z' }));
    await it.poll();
    expect(it.bus.notified).toEqual([]);
    expect(it.store.place().checkpoint.watermark).toBeNull();
  });
});
