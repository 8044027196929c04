import { describe, expect, test } from 'vitest';
import { decideHold } from '../../../functions/core/episodes/hold.ts';
import { TransientError } from '../../../functions/core/errors.ts';
import { withLease } from '../../../functions/core/operator/with-lease.ts';
import { observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

const IDS = Array.from({ length: 100 }, (_, at) => `p${String(at).padStart(3, '0')}`);
const removed = (ids: string[]) => ids.map((id) => observed({ id, removedAt: '2026-03-02T08:30:00.000Z' }));

/**
 * Creates an integration whose reconciliation is held because of 40 removals. The incremental run has not
 * read these removals yet.
 */
async function heldInReconciliation() {
  const poller = world();
  poller.kombo.pageSize = 10;
  poller.put(...IDS.map((id) => observed({ id })));
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  let isFirst = true;
  poller.kombo.beforePage = ({ updatedAfter }) => {
    if (updatedAfter !== null || !isFirst) return;
    isFirst = false;
    poller.put(...removed(IDS.slice(0, 60)));
  };
  expect(await poller.poll({ mode: 'reconcile' })).toMatchObject({
    kind: 'held',
    held: { waiting: { total: 40 } },
  });
  return { poller, published: poller.types().length };
}

const settle = (poller: ReturnType<typeof world>, by: 'release' | 'discard') =>
  withLease(poller.ports, poller.settings, poller.integration, 'operator', (worker) =>
    decideHold(worker, by),
  );

describe.each([false, true])(
  'held changes of a reconciliation (records read in another order: %s)',
  (reversed) => {
    test('when a person discards changes that a reconciliation held, a later incremental run does not publish these changes either', async () => {
      const { poller, published } = await heldInReconciliation();
      await settle(poller, 'discard');
      poller.clock.advance(25 * HOUR_MS);
      if (reversed) poller.shown.reverse();
      await poller.poll();
      await poller.poll({ mode: 'reconcile' });
      expect(poller.types()).toHaveLength(published);
    });

    test('when a person releases changes that a reconciliation held, the incremental run publishes these changes and holds later changes', async () => {
      const { poller, published } = await heldInReconciliation();
      await settle(poller, 'release');
      poller.clock.advance(HOUR_MS);
      if (reversed) poller.shown.reverse();
      poller.put(...removed(IDS.slice(60, 90)));
      expect(await poller.poll()).toMatchObject({ kind: 'held', held: { waiting: { total: 30 } } });
      await settle(poller, 'discard');
      await poller.poll();
      await poller.poll({ mode: 'reconcile' });
      expect(poller.types().slice(published)).toEqual(Array.from({ length: 40 }, () => 'ProgressionRemoved'));
    });
  },
);

test('changes that a reconciliation holds are not published without a decision when an incremental run was held in the meantime and its changes were undone', async () => {
  const { poller, published } = await heldInReconciliation();
  for (const record of poller.shown) record.updatedAt = 0;
  poller.clock.advance(25 * HOUR_MS);
  poller.kombo.pageSize = 40;
  const last = IDS.slice(60);
  poller.put(...last.map((id) => observed({ id, status: 'DROPPED' })));
  expect(await poller.poll()).toMatchObject({ kind: 'held', held: { mode: 'incremental' } });
  poller.clock.advance(25 * HOUR_MS);
  poller.kombo.pageSize = 10;
  poller.put(...last.map((id) => observed({ id })));
  expect(await poller.poll()).toMatchObject({ kind: 'held', held: { mode: 'reconcile' } });
  expect(poller.types()).toHaveLength(published);
});

test('a release during a reconciliation does not apply to the same removals weeks later, although another record can never be read', async () => {
  const poller = world();
  poller.put(...IDS.map((id) => observed({ id })));
  poller.kombo.rejected = [{ id: 'other', reason: 'no status' }];
  await poller.poll();
  for (const show of [removed(IDS), IDS.map((id) => observed({ id })), removed(IDS)]) {
    poller.put(...show);
    for (const record of poller.shown) record.updatedAt = 0;
    poller.clock.advance(25 * HOUR_MS);
    expect(await poller.poll({ mode: 'reconcile' })).toMatchObject({ kind: 'held' });
    await settle(poller, 'release');
    await poller.poll();
    poller.clock.advance(7 * 24 * HOUR_MS);
    await poller.poll({ mode: 'reconcile' });
  }
});

/**
 * Creates an integration whose incremental run is held because of 40 removals, which a person then releases or
 * discards.
 */
async function heldIncremental(by: 'release' | 'discard') {
  const poller = world();
  poller.put(...IDS.map((id) => observed({ id })));
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  poller.put(...removed(IDS.slice(0, 40)));
  expect(await poller.poll()).toMatchObject({ kind: 'held', held: { waiting: { total: 40 } } });
  const published = poller.types().length;
  await settle(poller, by);
  return { poller, published };
}

test("when a run cannot apply a person's decision because Kombo's data is expired, the next run applies the decision", async () => {
  const { poller, published } = await heldIncremental('discard');
  poller.kombo.dataExpiredAt = '2026-03-02T08:45:00.000Z';
  await poller.poll();
  poller.kombo.dataExpiredAt = null;
  poller.clock.advance(HOUR_MS);
  expect(await poller.poll()).toMatchObject({ kind: 'ended' });
  await poller.poll({ mode: 'reconcile' });
  expect(poller.types()).toHaveLength(published);
});

test('a discarded removal is not published when its record cannot be parsed in the next three runs', async () => {
  const { poller, published } = await heldIncremental('discard');
  const garbled = poller.shown.splice(
    poller.shown.findIndex(({ observed: { state } }) => state.id === 'p000'),
    1,
  );
  poller.kombo.rejected = [{ id: 'p000', reason: 'no status' }];
  for (let runs = 0; runs < 3; runs += 1) {
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    poller.clock.advance(HOUR_MS);
  }
  poller.kombo.rejected = [];
  for (const record of garbled) poller.shown.push({ ...record, updatedAt: poller.clock.read() });
  expect(await poller.poll()).toMatchObject({ kind: 'ended' });
  expect(poller.types()).toHaveLength(published);
  expect(poller.store.place().checkpoint.holdDecisions).toEqual([]);
});

test('after a release of removals, the restorations of the same progressions are held', async () => {
  const { poller } = await heldIncremental('release');
  await poller.poll();
  expect(poller.store.place().checkpoint.holdDecisions).toEqual([]);
  poller.clock.advance(HOUR_MS);
  poller.put(...IDS.slice(0, 40).map((id) => observed({ id })));
  expect(await poller.poll()).toMatchObject({ kind: 'held', held: { waiting: { kinds: { restored: 40 } } } });
});

test.each([
  ['an unknown status', observed({ id: 'other', status: null }, { unknownStatus: 'EXPIRED' }), []],
  ['a record that cannot be read', observed({ id: 'p000' }), [{ id: 'other', reason: 'no status' }]],
])(
  'after a release of removals, the restorations of the same progressions are held, even if %s is set aside',
  async (_what, record, rejected) => {
    const poller = world();
    poller.put(...IDS.map((id) => observed({ id })), record);
    poller.kombo.rejected = rejected;
    await poller.poll();
    poller.kombo.rejected = [];
    for (const show of [removed(IDS), IDS.map((id) => observed({ id })), removed(IDS)]) {
      poller.clock.advance(25 * HOUR_MS);
      poller.put(...show);
      expect(await poller.poll()).toMatchObject({ kind: 'held', held: { waiting: { total: 100 } } });
      await settle(poller, 'release');
      await poller.poll();
    }
    expect(poller.store.place().checkpoint.hasSetAside).toBe(true);
  },
);

test('a discarded change is still not published after a run in which its record could not be read', async () => {
  const { poller, published } = await heldIncremental('discard');
  const [id = ''] = IDS;
  poller.kombo.rejected = [{ id, reason: 'status is missing' }];
  await poller.poll();
  poller.kombo.rejected = [];
  poller.clock.advance(HOUR_MS);
  poller.put(...removed([id]));
  await poller.poll();
  expect(poller.types()).toHaveLength(published);
});

test("when Kombo's data expires while a hold's changes are counted, the hold ends and ChangesHeld is not published", async () => {
  const poller = world();
  poller.kombo.pageSize = 30;
  poller.put(...IDS.map((id) => observed({ id })));
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  poller.put(...removed(IDS));
  // Kombo fails after the first page of the count. When the next poll starts the count again, the data is
  // expired.
  poller.kombo.beforePage = ({ cursor }) => {
    if (cursor !== null) throw new TransientError('Kombo did not answer');
  };
  await poller.poll();
  poller.kombo.beforePage = () => undefined;
  poller.kombo.dataExpiredAt = '2026-03-02T08:00:00.000Z';
  await poller.poll();
  await poller.poll();
  expect(poller.bus.notified.map(({ type }) => type)).not.toContain('ChangesHeld');
  expect(poller.store.place().checkpoint.held).toBeNull();
});
