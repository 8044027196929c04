import { describe, expect, test } from 'vitest';
import { IntegrationError } from '../../../functions/core/errors.ts';
import { CANARY, observed } from '../../support/observed.ts';
import { synced } from '../../support/synced-world.ts';
import { HOUR_MS, MINUTE_MS } from '../../support/test-clock.ts';
import { world } from '../../support/world.ts';

const NOTHING_FOUND = ['takeLease', 'readKnown', 'releaseLease'];

describe('an incremental run', () => {
  test.each([
    [
      "Kombo's clock, if Kombo's clock is 7 minutes behind",
      -7,
      ['2026-03-02T07:38:00.000Z', '2026-03-02T08:38:00.000Z'],
    ],
    [
      "the machine's clock, if Kombo's clock is 30 minutes ahead",
      30,
      ['2026-03-02T07:45:00.000Z', '2026-03-02T08:45:00.000Z'],
    ],
  ])(
    'an incremental run requests the changes since the watermark minus the overlap, and the watermark comes from %s',
    async (_what, minutes, asked) => {
      const poller = world();
      poller.kombo.skewMs = minutes * MINUTE_MS;
      await poller.poll();
      poller.clock.advance(HOUR_MS);
      await poller.poll();
      poller.clock.advance(HOUR_MS);
      await poller.poll();
      expect(poller.kombo.reads.map(({ updatedAfter }) => updatedAfter)).toEqual([null, ...asked]);
    },
  );

  test('an incremental run finds a change, although the clock of Kombo was 30 minutes ahead in the run before', async () => {
    const poller = await synced();
    poller.kombo.skewMs = 30 * MINUTE_MS;
    await poller.poll();
    poller.kombo.skewMs = 0;
    poller.clock.advance(5 * MINUTE_MS);
    poller.put(observed({ id: 'a', status: 'IN_PROGRESS' }));
    poller.clock.advance(15 * MINUTE_MS);
    await poller.poll();
    expect(poller.types()).toEqual(['CourseStarted']);
  });

  test('an incremental run publishes an event for each change', async () => {
    const poller = await synced();
    poller.put(observed({ id: 'a', status: 'COMPLETED', completedAt: '2026-03-02T08:30:00.000Z' }));
    poller.put(observed({ id: 'd', enrolledAt: '2026-03-02T08:40:00.000Z' }));

    const outcome = await poller.poll();

    expect(outcome).toMatchObject({ kind: 'ended', ended: [{ mode: 'incremental', records: 4, events: 2 }] });
    expect(poller.types()).toEqual(['CourseCompleted', 'LearnerEnrolled']);
    expect(poller.bus.published.map(({ detail }) => detail.id)).toEqual([
      'moodle:test/2/0',
      'moodle:test/2/1',
    ]);
    expect(poller.store.place().checkpoint.known).toBe(4);
  });

  test('an incremental run without changed records reads one page and writes only the lease', async () => {
    const poller = await synced();
    poller.shown.length = 0;
    await poller.poll();
    expect(poller.kombo.reads).toHaveLength(1);
    expect(poller.store.calls.filter((call) => call !== 'readKnown')).toEqual(['takeLease', 'releaseLease']);
  });

  test('an incremental run that reads only records in their known state writes no progression and publishes nothing', async () => {
    const poller = await synced();
    poller.put(...poller.shown.map(({ observed: record }) => record));
    await poller.poll();
    expect(poller.store.calls).toEqual(NOTHING_FOUND);
    expect(poller.store.progressionWrites).toBe(0);
    expect(poller.bus.published).toEqual([]);
  });

  test('an incremental run finds a change that Kombo shows up to 14 minutes late', async () => {
    const poller = await synced();
    await poller.poll();
    poller.put(observed({ id: 'late', enrolledAt: '2026-03-02T08:40:00.000Z' }));
    const late = poller.shown.at(-1);
    if (late !== undefined) late.updatedAt = poller.clock.read() - 14 * MINUTE_MS;
    poller.clock.advance(MINUTE_MS);
    await poller.poll();
    expect(poller.types()).toEqual(['LearnerEnrolled']);
  });

  test('an incremental run of several pages reads each page once and publishes the changes of all pages', async () => {
    const poller = await synced(['a', 'b', 'c', 'd', 'e']);
    poller.kombo.pageSize = 2;
    poller.put(...['a', 'c', 'e'].map((id) => observed({ id, status: 'DROPPED' })));

    const outcome = await poller.poll();

    expect(poller.types()).toEqual(['LearnerDropped', 'LearnerDropped', 'LearnerDropped']);
    expect(outcome).toMatchObject({ ended: [{ pages: 3, events: 3 }] });
  });

  test('when a record of a page is invalid, the run reads all its pages again until a pass finds no more changes', async () => {
    const poller = await synced(['a', 'b', 'c', 'd', 'e']);
    poller.kombo.pageSize = 2;
    poller.kombo.rejected = [{ id: 'bad', reason: 'status is not a string' }];
    poller.put(...poller.shown.map(({ observed: record }) => record));
    let pages = 0;
    poller.kombo.beforePage = () => {
      pages += 1;
      // While the second page is read, a record of the first page changes.
      if (pages === 2) poller.put(observed({ id: 'a', status: 'DROPPED' }));
    };

    const outcome = await poller.poll();

    expect(poller.types()).toEqual(['LearnerDropped']);
    expect(outcome).toMatchObject({ ended: [{ pages: 9, events: 1 }] });
    expect(poller.store.place().checkpoint.watermark).toBe('2026-03-02T09:00:00.000Z');
  });

  test('a run in which a record could not be read reads its pages at most three times', async () => {
    const poller = await synced(['a', 'b', 'c']);
    poller.kombo.pageSize = 2;
    poller.kombo.rejected = [{ id: 'bad', reason: 'status is not a string' }];
    let at = 0;
    poller.kombo.beforePage = () => {
      at += 1;
      poller.put(
        ...['a', 'b', 'c'].map((id) =>
          observed({ id, status: Math.ceil(at / 2) % 2 === 0 ? 'ENROLLED' : 'IN_PROGRESS' }),
        ),
      );
    };
    expect(await poller.poll()).toMatchObject({ kind: 'ended', ended: [{ pages: 6 }] });
  });

  test('an incremental run that publishes names and e-mail addresses does not store them', async () => {
    const poller = await synced(['a'], { mode: 'publish' }, { learnerDetails: 'include' });
    poller.put(observed({ id: 'a', status: 'COMPLETED' }));
    await poller.poll();
    expect(JSON.stringify(poller.bus.published)).toContain(CANARY);
    expect(poller.store.written.join()).not.toContain(CANARY);
  });
});

describe('reading unchanged records again', () => {
  test.each(['reconcile', 'baseline'] as const)(
    'a run with the mode %s writes no journal entry and no progression and publishes nothing when no record has changed',
    async (mode) => {
      const poller = await synced();
      const outcome = await poller.poll({ mode, force: true });
      expect(outcome).toMatchObject({ kind: 'ended' });
      expect(poller.bus.published).toEqual([]);
      expect(poller.store.progressionWrites).toBe(0);
      expect(poller.store.calls).not.toContain('appendEntry');
    },
  );
});

describe('records and events that cannot be processed', () => {
  test('an unreadable record is set aside with its reason, and the other records are processed', async () => {
    const poller = await synced();
    poller.kombo.rejected = [{ id: 'bad', reason: 'status is not a string' }];
    poller.put(observed({ id: 'a', status: 'DROPPED' }));
    const outcome = await poller.poll();
    expect(poller.types()).toEqual(['LearnerDropped']);
    expect(outcome).toMatchObject({ ended: [{ setAside: 1 }] });
    expect(poller.store.aside).toMatchObject([
      { kind: 'record', id: 'bad', reason: 'status is not a string' },
    ]);
  });

  test('an event that the bus refuses permanently is set aside with its reason, and the run ends', async () => {
    const poller = await synced();
    poller.put(observed({ id: 'a', status: 'DROPPED' }), observed({ id: 'b', status: 'DROPPED' }));
    poller.bus.refusal = ({ detail }) => (detail.progression.id === 'a' ? 'too large' : null);
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(poller.bus.published.map(({ detail }) => detail.progression.id)).toEqual(['b']);
    expect(poller.store.aside).toMatchObject([{ kind: 'event', id: 'moodle:test/2/0', reason: 'too large' }]);
  });
});

test('when Kombo fails to return a page, the lease is released, and the watermark does not move', async () => {
  const poller = await synced();
  poller.kombo.failures = [new IntegrationError('no such integration')];
  await poller.poll();
  expect(poller.store.place()).toMatchObject({
    lease: null,
    checkpoint: { watermark: '2026-03-02T08:00:00.000Z', health: { state: 'failing' } },
  });
});
