import { describe, expect, test } from 'vitest';
import { IntegrationError } from '../../../functions/core/errors.ts';
import { CANARY, observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

const NOTHING_FOUND = ['takeLease', 'readKnown', 'releaseLease'];

describe('an incremental run', () => {
  test.each([
    ['Kombo’s, which is behind', -7, ['2026-03-02T07:38:00.000Z', '2026-03-02T08:38:00.000Z']],
    ['the machine’s, where Kombo’s is ahead', 30, ['2026-03-02T07:45:00.000Z', '2026-03-02T08:45:00.000Z']],
  ])(
    'asks for what changed since the watermark less the overlap, by the clock that is behind: %s',
    async (_what, minutes, asked) => {
      const it = world();
      it.kombo.skewMs = minutes * MINUTE_MS;
      await it.poll();
      it.clock.advance(HOUR_MS);
      await it.poll();
      it.clock.advance(HOUR_MS);
      await it.poll();
      expect(it.kombo.reads.map(({ updatedAfter }) => updatedAfter)).toEqual([null, ...asked]);
    },
  );

  test('finds a change that came before the clock of one answer, which was 30 minutes ahead', async () => {
    const it = await synced();
    it.kombo.skewMs = 30 * MINUTE_MS;
    await it.poll();
    it.kombo.skewMs = 0;
    it.clock.advance(5 * MINUTE_MS);
    it.put(observed({ id: 'a', status: 'IN_PROGRESS' }));
    it.clock.advance(15 * MINUTE_MS);
    await it.poll();
    expect(it.types()).toEqual(['CourseStarted']);
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

test('a failed read leaves nothing half done', async () => {
  const it = await synced();
  it.kombo.failures = [new IntegrationError('no such integration')];
  await it.poll();
  expect(it.store.place()).toMatchObject({
    lease: null,
    checkpoint: { watermark: '2026-03-02T08:00:00.000Z', health: { state: 'failing' } },
  });
});
