import { describe, expect, test } from 'vitest';
import { observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

describe('expired data', () => {
  test("a removal is published and the watermark moves only when Kombo's data is no longer expired", async () => {
    const poller = await synced();
    poller.kombo.dataExpiredAt = '2026-03-02T08:30:00.000Z';
    poller.put(
      observed({ id: 'a', removedAt: '2026-03-02T08:50:00.000Z' }),
      observed({ id: 'b', status: 'DROPPED' }),
    );
    await poller.poll();
    expect(poller.types()).toEqual(['LearnerDropped']);
    expect(poller.store.place().checkpoint.watermark).toBe('2026-03-02T08:00:00.000Z');

    poller.kombo.dataExpiredAt = null;
    poller.clock.advance(5 * HOUR_MS);
    await poller.poll();
    expect(poller.types()).toEqual(['LearnerDropped', 'ProgressionRemoved']);
    expect(poller.store.place().checkpoint.watermark).toBe('2026-03-02T14:00:00.000Z');
  });

  test('after a run that did not move the watermark, the newest watermark stays the latest one that the integration had', async () => {
    const poller = await synced();
    const { checkpoint } = poller.store.place();
    poller.store.putCheckpoint({ ...checkpoint, watermark: '2026-03-01T08:00:00.000Z' });
    poller.kombo.dataExpiredAt = '2026-03-02T08:30:00.000Z';
    poller.put(observed({ id: 'a', removedAt: '2026-03-02T08:50:00.000Z' }));
    await poller.poll();
    expect(poller.store.place().checkpoint).toMatchObject({
      watermark: '2026-03-01T08:00:00.000Z',
      newestWatermark: checkpoint.newestWatermark,
    });
  });

  test("a removal that only the second read of an older record shows is not published while Kombo's data is expired", async () => {
    const poller = await synced();
    const removed = observed({
      id: 'a',
      changedAt: '2026-03-02T08:50:00.000Z',
      removedAt: '2026-03-02T08:50:00.000Z',
    });
    poller.kombo.dataExpiredAt = '2026-03-02T08:30:00.000Z';
    poller.put(observed({ id: 'a', status: 'DROPPED', changedAt: '2026-01-01T00:00:00.000Z' }));
    poller.ports.kombo.readByIds = async () => ({ records: [removed], rejected: [] });
    await poller.poll();
    expect(poller.types()).toEqual([]);
  });

  test('a poll does not ask Kombo whether the data is expired when no record shows a removal', async () => {
    const poller = await synced();
    poller.put(observed({ id: 'a', status: 'DROPPED' }));
    await poller.poll();
    expect(poller.kombo.detailReads).toBe(0);
  });

  test("a first sync that reads a removed record does not end while Kombo's data is expired", async () => {
    const poller = world();
    poller.kombo.dataExpiredAt = '2026-03-02T07:00:00.000Z';
    poller.put(observed({ removedAt: '2026-03-02T07:30:00.000Z' }));
    await poller.poll();
    expect(poller.bus.notified).toEqual([]);
    expect(poller.store.place().checkpoint.watermark).toBeNull();
  });
});
