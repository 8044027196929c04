import { describe, expect, test } from 'vitest';
import { decideHold } from '../../../functions/core/episodes/hold.ts';
import { TransientError } from '../../../functions/core/errors.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

const IDS = Array.from({ length: 100 }, (_, at) => `p${String(at).padStart(3, '0')}`);
const removed = (ids: string[]) => ids.map((id) => observed({ id, removedAt: '2026-03-02T08:30:00.000Z' }));

/** A reconciliation is held before 40 removals; the incremental run sees them first, in another order. */
async function heldInReconciliation() {
  const it = world();
  it.kombo.pageSize = 10;
  it.put(...IDS.map((id) => observed({ id })));
  await it.poll();
  it.clock.advance(HOUR_MS);
  let isFirst = true;
  it.kombo.beforePage = ({ updatedAfter }) => {
    if (updatedAfter !== null || !isFirst) return;
    isFirst = false;
    it.put(...removed(IDS.slice(0, 60)));
  };
  expect(await it.poll({ mode: 'reconcile' })).toMatchObject({
    kind: 'held',
    held: { waiting: { total: 40 } },
  });
  return { it, published: it.types().length };
}

const settle = (it: ReturnType<typeof world>, by: 'release' | 'discard') =>
  withLease(it.ports, it.settings, it.integration, 'operator', (worker) => decideHold(worker, by));

describe.each([false, true])(
  'a decision about changes of a reconciliation, shown in another order: %s',
  (reversed) => {
    test('discards them in the incremental run as well', async () => {
      const { it, published } = await heldInReconciliation();
      await settle(it, 'discard');
      it.clock.advance(25 * HOUR_MS);
      if (reversed) it.shown.reverse();
      await it.poll();
      await it.poll({ mode: 'reconcile' });
      expect(it.types()).toHaveLength(published);
    });

    test('releases them in the incremental run as well, and nothing that came later', async () => {
      const { it, published } = await heldInReconciliation();
      await settle(it, 'release');
      it.clock.advance(HOUR_MS);
      if (reversed) it.shown.reverse();
      it.put(...removed(IDS.slice(60, 90)));
      expect(await it.poll()).toMatchObject({ kind: 'held', held: { waiting: { total: 30 } } });
      await settle(it, 'discard');
      await it.poll();
      await it.poll({ mode: 'reconcile' });
      expect(it.types().slice(published)).toEqual(Array.from({ length: 40 }, () => 'ProgressionRemoved'));
    });
  },
);

/** An incremental run is held before 40 removals, which a person decides about. */
async function heldIncremental(by: 'release' | 'discard') {
  const it = world();
  it.put(...IDS.map((id) => observed({ id })));
  await it.poll();
  it.clock.advance(HOUR_MS);
  it.put(...removed(IDS.slice(0, 40)));
  expect(await it.poll()).toMatchObject({ kind: 'held', held: { waiting: { total: 40 } } });
  const published = it.types().length;
  await settle(it, by);
  return { it, published };
}

test('a decision is carried out after the data was expired for one run', async () => {
  const { it, published } = await heldIncremental('discard');
  it.kombo.dataExpiredAt = '2026-03-02T08:45:00.000Z';
  await it.poll();
  it.kombo.dataExpiredAt = null;
  it.clock.advance(HOUR_MS);
  expect(await it.poll()).toMatchObject({ kind: 'ended' });
  await it.poll({ mode: 'reconcile' });
  expect(it.types()).toHaveLength(published);
});

test('a decision ends with its run: the same change is suspect again later', async () => {
  const { it } = await heldIncremental('release');
  await it.poll();
  expect(it.store.place().checkpoint.holdDecisions).toEqual([]);
  it.clock.advance(HOUR_MS);
  it.put(...IDS.slice(0, 40).map((id) => observed({ id })));
  expect(await it.poll()).toMatchObject({ kind: 'held', held: { waiting: { kinds: { restored: 40 } } } });
});

test('a decision is carried out when the record could not be read in between', async () => {
  const { it, published } = await heldIncremental('discard');
  const [id = ''] = IDS;
  it.kombo.rejected = [{ id, reason: 'status is missing' }];
  await it.poll();
  it.kombo.rejected = [];
  it.clock.advance(HOUR_MS);
  it.put(...removed([id]));
  await it.poll();
  expect(it.types()).toHaveLength(published);
});

test('a hold ends by itself when nothing waits any more while it is counted', async () => {
  const it = world();
  it.kombo.pageSize = 30;
  it.put(...IDS.map((id) => observed({ id })));
  await it.poll();
  it.clock.advance(HOUR_MS);
  it.put(...removed(IDS));
  // The time is spent after the first page of the count, and the data is expired when it continues.
  it.kombo.beforePage = ({ cursor }) => {
    if (cursor !== null) throw new TransientError('Kombo did not answer');
  };
  await it.poll();
  it.kombo.beforePage = () => undefined;
  it.kombo.dataExpiredAt = '2026-03-02T08:00:00.000Z';
  await it.poll();
  await it.poll();
  expect(it.bus.notified.map(({ type }) => type)).not.toContain('ChangesHeld');
  expect(it.store.place().checkpoint.held).toBeNull();
});
