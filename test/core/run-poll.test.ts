import { describe, expect, test } from 'vitest';
import { IntegrationError } from '../../functions/core/errors.ts';
import { CANARY, observed } from '../support/observed.ts';
import { HOUR_MS, MINUTE_MS } from '../support/test-clock.ts';
import { type World, world } from '../support/world.ts';

const NOTHING_FOUND = ['takeLease', 'readKnown', 'releaseLease'];

/** An integration whose first sync of some enrolled learners is behind it. */
async function synced(ids: string[] = ['a', 'b', 'c'], ...rest: Parameters<typeof world>): Promise<World> {
  const it = world(...rest);
  it.put(...ids.map((id) => observed({ id })));
  expect(await it.poll()).toMatchObject({ kind: 'ended' });
  it.clock.advance(HOUR_MS);
  forget(it);
  return it;
}

function forget({ store, kombo, bus }: World): void {
  store.calls.length = 0;
  store.progressionWrites = 0;
  kombo.reads.length = 0;
  bus.published.length = 0;
  bus.told.length = 0;
}

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

  test('is said to be baselined', async () => {
    const it = world();
    it.put(observed());
    await it.poll();
    expect(it.bus.told).toMatchObject([
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

describe('an incremental run', () => {
  test('asks for what changed since the watermark less the overlap, by Kombo’s clock', async () => {
    const it = world();
    it.kombo.skewMs = 7 * MINUTE_MS + 999;
    await it.poll();
    it.clock.advance(HOUR_MS);
    await it.poll();
    it.clock.advance(HOUR_MS);
    await it.poll();
    expect(it.kombo.reads.map(({ updatedAfter }) => updatedAfter)).toEqual([
      null,
      '2026-03-02T07:52:00.000Z',
      '2026-03-02T08:52:00.000Z',
    ]);
  });

  test('publishes what happened', async () => {
    const it = await synced();
    it.put(observed({ id: 'a', status: 'COMPLETED', completedAt: '2026-03-02T08:30:00.000Z' }));
    it.put(observed({ id: 'd', enrolledAt: '2026-03-02T08:40:00.000Z' }));

    const outcome = await it.poll();

    expect(outcome).toMatchObject({ kind: 'ended', ended: [{ mode: 'incremental', records: 4, events: 2 }] });
    expect(it.types()).toEqual(['CourseCompleted', 'LearnerEnrolled']);
    expect(it.bus.published.map(({ detail }) => detail.id)).toEqual(['moodle:test/2/0', 'moodle:test/2/1']);
    expect(it.store.place().checkpoint.known).toBe(4);
  });

  test('that finds nothing is one read of Kombo, and nothing at the table but the lease', async () => {
    const it = await synced();
    it.shown.length = 0;
    await it.poll();
    expect(it.kombo.reads).toHaveLength(1);
    expect(it.store.calls.filter((call) => call !== 'readKnown')).toEqual(['takeLease', 'releaseLease']);
  });

  test('that finds only what is known writes no progression and publishes nothing', async () => {
    const it = await synced();
    it.put(...it.shown.map(({ observed: record }) => record));
    await it.poll();
    expect(it.store.calls).toEqual(NOTHING_FOUND);
    expect(it.store.progressionWrites).toBe(0);
    expect(it.bus.published).toEqual([]);
  });

  test('sees what became visible within the overlap', async () => {
    const it = await synced();
    await it.poll();
    it.put(observed({ id: 'late', enrolledAt: '2026-03-02T08:40:00.000Z' }));
    const late = it.shown.at(-1);
    if (late !== undefined) late.updatedAt = it.clock.read() - 14 * MINUTE_MS;
    it.clock.advance(MINUTE_MS);
    await it.poll();
    expect(it.types()).toEqual(['LearnerEnrolled']);
  });

  test('of several pages reads them again until a pass changes nothing', async () => {
    const it = await synced(['a', 'b', 'c', 'd', 'e']);
    it.kombo.pageSize = 2;
    it.put(...it.shown.map(({ observed: record }) => record));
    let pages = 0;
    it.kombo.beforePage = () => {
      pages += 1;
      // While the second page is read, a record of the first one changes.
      if (pages === 2) it.put(observed({ id: 'a', status: 'DROPPED' }));
    };

    const outcome = await it.poll();

    expect(it.types()).toEqual(['LearnerDropped']);
    expect(outcome).toMatchObject({ ended: [{ pages: 9, events: 1 }] });
    expect(it.store.place().checkpoint.watermark).toBe('2026-03-02T09:00:00.000Z');
  });

  test('of several pages reads them three times at most', async () => {
    const it = await synced(['a', 'b', 'c']);
    it.kombo.pageSize = 2;
    let at = 0;
    it.kombo.beforePage = () => {
      at += 1;
      it.put(
        ...['a', 'b', 'c'].map((id) =>
          observed({ id, status: Math.ceil(at / 2) % 2 === 0 ? 'ENROLLED' : 'IN_PROGRESS' }),
        ),
      );
    };
    expect(await it.poll()).toMatchObject({ kind: 'ended', ended: [{ pages: 6 }] });
  });

  test('does not hand names or e-mails to the table', async () => {
    const it = await synced(['a'], { mode: 'publish' }, { learnerDetails: 'include' });
    it.put(observed({ id: 'a', status: 'COMPLETED' }));
    await it.poll();
    expect(JSON.stringify(it.bus.published)).toContain(CANARY);
    expect(it.store.written.join()).not.toContain(CANARY);
  });
});

describe('re-reading everything unchanged', () => {
  test.each(['reconcile', 'baseline'] as const)('in a %s publishes 0 and writes 0', async (mode) => {
    const it = await synced();
    const outcome = await it.poll({ mode, force: true });
    expect(outcome).toMatchObject({ kind: 'ended' });
    expect(it.bus.published).toEqual([]);
    expect(it.store.progressionWrites).toBe(0);
    expect(it.store.calls).not.toContain('appendEntry');
  });
});

describe('a baseline of a synced integration', () => {
  test('is refused, and says what it would swallow', async () => {
    const it = await synced();
    const outcome = await it.poll({ mode: 'baseline' });
    expect(outcome.kind).toBe('refused');
    expect(outcome.kind === 'refused' && outcome.reason).toMatch(/since then without its events/);
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
    expect(await it.poll()).toMatchObject({ kind: 'failed', trouble: { kind: 'integration' } });
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

  expect(await it.poll()).toMatchObject({ kind: 'failed', trouble: { kind: 'integration' } });
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

describe('what cannot be processed', () => {
  test('is set aside with its reason, and never stops the others', async () => {
    const it = await synced();
    it.kombo.rejected = [{ id: 'bad', reason: 'status is not a string' }];
    it.put(observed({ id: 'a', status: 'DROPPED' }));
    const outcome = await it.poll();
    expect(it.types()).toEqual(['LearnerDropped']);
    expect(outcome).toMatchObject({ ended: [{ setAside: 1 }] });
    expect(it.store.aside).toMatchObject([{ kind: 'record', id: 'bad', reason: 'status is not a string' }]);
  });

  test('is an event that the bus refuses for good, too', async () => {
    const it = await synced();
    it.put(observed({ id: 'a', status: 'DROPPED' }), observed({ id: 'b', status: 'DROPPED' }));
    it.bus.refusal = ({ detail }) => (detail.progression.id === 'a' ? 'too large' : null);
    expect(await it.poll()).toMatchObject({ kind: 'ended' });
    expect(it.bus.published.map(({ detail }) => detail.progression.id)).toEqual(['b']);
    expect(it.store.aside).toMatchObject([{ kind: 'event', id: 'moodle:test/2/0', reason: 'too large' }]);
  });
});

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
    expect(it.bus.told).toEqual([]);
    expect(it.store.place().checkpoint.watermark).toBeNull();
  });
});

test('a failed read leaves nothing half done', async () => {
  const it = await synced();
  it.kombo.failures = [new IntegrationError('no such integration')];
  await it.poll();
  expect(it.store.place()).toMatchObject({
    lease: null,
    checkpoint: { watermark: '2026-03-02T08:00:00.000Z', health: { state: 'troubled' } },
  });
});
