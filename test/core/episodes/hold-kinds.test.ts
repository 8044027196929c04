import { describe, expect, test } from 'vitest';
import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import type { SuspectKind } from '../../../functions/contract/waiting-changes.ts';
import type { ObservedProgression } from '../../../functions/core/state/progression.ts';
import { erased, observed } from '../../support/observed.ts';
import { HOUR_MS } from '../../support/test-clock.ts';
import { type World, world } from '../../support/world.ts';

const KNOWN = 400;
/** The limit of suspect changes: 10 % of the known progressions. */
const LIMIT = 40;
const OLD = '2026-01-20T10:00:00.000Z';
const TODAY = '2026-03-02T08:00:00.000Z';
const REMOVED = '2026-03-02T07:00:00.000Z';

type State = Partial<ProgressionState>;
const idOf = (at: number) => `p${String(at).padStart(5, '0')}`;
const records = (count: number, record: (id: string) => ObservedProgression, from = 0) =>
  Array.from({ length: count }, (_, at) => record(idOf(from + at)));
const later = (state: State) => (id: string) => observed({ id, changedAt: TODAY, ...state });

async function knows(state: State, rest: Partial<ObservedProgression> = {}): Promise<World> {
  const poller = world();
  poller.kombo.pageSize = 1_000;
  poller.put(...records(KNOWN, (id) => observed({ id, ...state }, rest)));
  await poller.poll();
  poller.clock.advance(HOUR_MS);
  return poller;
}

describe('a mass change of each suspect kind', () => {
  const completed = { status: 'COMPLETED', completedAt: OLD } as const;
  test.each<[SuspectKind, string, State, (id: string) => ObservedProgression]>([
    ['removed', 'removals', {}, later({ removedAt: REMOVED })],
    ['removed', 'records of which only the id is shown', {}, erased],
    ['restored', 'restorations', { removedAt: OLD }, later({})],
    ['erased', 'erasures without a published removal', { removedAt: OLD }, (id) => erased(id, OLD)],
    ['reopened', 'completed courses that are reopened', completed, later({ status: 'IN_PROGRESS' })],
    ['reset', 'resets of the progress', { status: 'IN_PROGRESS' }, later({})],
    ['dropped', 'drops', {}, later({ status: 'DROPPED' })],
    ['completedOld', 'completions with old dates', {}, later(completed)],
    [
      'recompletedOld',
      'renewals with old dates',
      { ...completed, completedAt: '2025-01-01T00:00:00.000Z' },
      later(completed),
    ],
    [
      'corrected',
      'completion dates that change by one hour',
      completed,
      later({ ...completed, completedAt: '2026-01-20T11:00:00.000Z' }),
    ],
    [
      'recompletedOld',
      'completion dates that change by several days',
      completed,
      later({ ...completed, completedAt: '2026-01-25T10:00:00.000Z' }),
    ],
    [
      'corrected',
      'completion dates that Kombo shows for the first time',
      { status: 'COMPLETED' },
      later(completed),
    ],
    [
      'corrected',
      'enrolment dates that Kombo shows for the first time',
      { enrolledAt: null },
      later({ enrolledAt: OLD }),
    ],
    [
      'firstSeenOld',
      'statuses that Kombo shows for the first time, with old dates',
      { status: null },
      later(completed),
    ],
    [
      'firstSeenUndated',
      'statuses without dates that Kombo shows for the first time',
      { status: null },
      later({ status: 'COMPLETED', enrolledAt: null }),
    ],
  ])(
    'suspect changes of the kind %s (%s) are published if a page has as many as the limit, and held if it has one more',
    async (kind, _what, before, record) => {
      const passes = await knows(kind === 'firstSeenUndated' ? { ...before, enrolledAt: null } : before);
      passes.put(...records(LIMIT, record));
      expect(await passes.poll({ mode: 'reconcile' })).toMatchObject({ kind: 'ended' });
      expect(passes.types().length).toBeGreaterThanOrEqual(LIMIT);

      const held = await knows(kind === 'firstSeenUndated' ? { ...before, enrolledAt: null } : before);
      held.put(...records(LIMIT + 1, record));
      const outcome = await held.poll({ mode: 'reconcile' });
      expect(outcome).toMatchObject({
        kind: 'held',
        held: { limit: LIMIT, waiting: { total: LIMIT + 1, kinds: { [kind]: LIMIT + 1 } } },
      });
      expect(held.types()).toEqual([]);
    },
  );

  test('on a platform that sends enrolment dates, 5,000 new records without an enrolment date are held as firstSeenUndated', async () => {
    const poller = await knows({});
    poller.put(...records(5_000, later({ enrolledAt: null }), KNOWN));
    expect(await poller.poll()).toMatchObject({
      kind: 'held',
      held: { waiting: { total: 5_000, kinds: { firstSeenUndated: 5_000 } } },
    });
  });

  test('when a second read shows the same older versions of many records, as after a restored backup, the changes are held', async () => {
    const poller = await knows({ ...completed, changedAt: TODAY });
    poller.put(...records(LIMIT + 1, (id) => observed({ id, status: 'DROPPED', changedAt: OLD })));
    expect(await poller.poll({ mode: 'reconcile' })).toMatchObject({
      kind: 'held',
      held: { waiting: { kinds: { olderVersion: LIMIT + 1 } } },
    });
  });

  test('a record that is dropped and removed, and that several pages show, counts as one held change', async () => {
    const poller = await knows({});
    poller.kombo.pageSize = 30;
    const gone = records(60, later({ status: 'DROPPED', removedAt: REMOVED }));
    poller.kombo.show = () =>
      [...gone, ...gone].map((observed) => ({ observed, updatedAt: poller.clock.read() }));
    expect(await poller.poll()).toMatchObject({
      kind: 'held',
      held: { waiting: { total: 30, kinds: { removed: 30 } } },
    });
  });
});

describe('ordinary learning', () => {
  test('when all learners complete a course at once, the changes are not held, with recent dates or without dates', async () => {
    const poller = await knows({ status: 'IN_PROGRESS' });
    poller.put(...records(200, later({ status: 'COMPLETED', completedAt: TODAY })));
    poller.put(...records(200, later({ status: 'COMPLETED' }), 200));
    expect(await poller.poll()).toMatchObject({ kind: 'ended', ended: [{ events: 400 }] });
  });

  test('5,000 new enrolments with a recent date are not held', async () => {
    const poller = await knows({});
    poller.put(...records(5_000, later({ enrolledAt: TODAY }), KNOWN));
    expect(await poller.poll()).toMatchObject({ kind: 'ended', ended: [{ events: 5_000 }] });
  });

  test('on a platform that never sends enrolment dates, 5,000 new enrolments without a date are not held', async () => {
    const poller = await knows({ enrolledAt: null });
    poller.put(...records(5_000, later({ enrolledAt: null }), KNOWN));
    expect(await poller.poll()).toMatchObject({ kind: 'ended', ended: [{ events: 5_000 }] });
  });

  test('many recent completion dates that replace null are not held', async () => {
    const poller = await knows({});
    poller.put(...records(KNOWN, later({ status: 'IN_PROGRESS' })));
    await poller.poll();
    poller.put(...records(KNOWN, later({ status: 'COMPLETED' })));
    await poller.poll();
    poller.put(...records(KNOWN, later({ status: 'COMPLETED', completedAt: TODAY })));
    expect(await poller.poll()).toMatchObject({ kind: 'ended' });
    expect(poller.types()).toHaveLength(3 * KNOWN);
  });

  test('erasures of many records are not held if the removals of these records were published before', async () => {
    const poller = await knows({});
    poller.put(...records(LIMIT, later({ removedAt: REMOVED })));
    await poller.poll();
    poller.clock.advance(15 * 24 * HOUR_MS);
    poller.put(...records(LIMIT, (id) => erased(id, REMOVED)));
    poller.put(...records(LIMIT, later({ removedAt: '2026-03-17T07:00:00.000Z' }), LIMIT));
    expect(await poller.poll({ mode: 'reconcile' })).toMatchObject({ kind: 'ended' });
    expect(poller.types()).toHaveLength(3 * LIMIT);
  });
});

test('after the watermark is moved back, new records whose enrolment dates were old before the move are still held', async () => {
  const poller = await knows({});
  const { checkpoint } = poller.store.place();
  poller.store.putCheckpoint({ ...checkpoint, watermark: '2026-01-01T00:00:00.000Z' });
  poller.put(...records(LIMIT + 1, later({ enrolledAt: OLD }), KNOWN));
  expect(await poller.poll()).toMatchObject({
    kind: 'held',
    held: { waiting: { kinds: { firstSeenOld: LIMIT + 1 } } },
  });
});

test('a hold lists the 20 courses with the most held changes, and counts the changes of the other courses together', async () => {
  const poller = world();
  poller.kombo.pageSize = 1_000;
  const inCourse = (id: string, at: number, state: State = {}) =>
    observed(
      { id, ...state },
      { course: { ...observed().course, id: `c${at % 50}`, title: `Course ${at % 50}` } },
    );
  poller.put(...Array.from({ length: 1_000 }, (_, at) => inCourse(idOf(at), at)));
  await poller.poll();
  const gone = Array.from({ length: 1_000 }, (_, at) => at).filter(
    (at) => at % 50 < 30 && at >= (at % 50) * 20,
  );
  poller.put(...gone.map((at) => inCourse(idOf(at), at, { removedAt: REMOVED })));
  const outcome = await poller.poll();
  if (outcome.kind !== 'held') throw new Error(outcome.kind);
  const { total, courses, otherCourses } = outcome.held.waiting;
  expect(total).toBe(gone.length);
  expect(courses).toHaveLength(20);
  expect(courses[0]).toMatchObject({ id: 'c0', title: 'Course 0', changes: 20 });
  expect(otherCourses.courses).toBe(10);
  expect(courses.reduce((sum, { changes }) => sum + changes, otherCourses.changes)).toBe(total);
});
