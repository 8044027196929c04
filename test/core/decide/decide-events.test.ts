import { describe, expect, test } from 'vitest';
import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import { decideEvents as decideAt } from '../../../functions/core/decide/decide-events.ts';
import type { KnownProgression, ObservedProgression } from '../../../functions/core/state/progression.ts';
import { erased, known, observed } from '../../support/observed.ts';

const decideEvents = (before: KnownProgression | null, now: ObservedProgression) =>
  decideAt(before, now, '2026-03-02T08:00:00.000Z');

type Facts = Partial<ProgressionState>;

const JAN = '2026-01-10T10:00:00.000Z';
const JAN_NEXT_DAY = '2026-01-11T10:00:00.000Z';
const JAN_MORE_THAN_A_DAY_LATER = '2026-01-11T10:00:00.001Z';
const FEB = '2026-02-10T10:00:00.000Z';

const eventsOf = (before: Facts | null, now: Facts) =>
  decideEvents(before === null ? null : known(before), observed(now))?.events ?? null;

describe('a new progression', () => {
  test.each<[Facts, string[]]>([
    [{ status: 'ENROLLED' }, ['LearnerEnrolled']],
    [{ status: 'IN_PROGRESS' }, ['CourseStarted']],
    [{ status: 'COMPLETED', completedAt: JAN }, ['CourseCompleted']],
    [{ status: 'DROPPED' }, ['LearnerDropped']],
    [{ status: null }, []],
    [{ status: 'COMPLETED', removedAt: JAN }, []],
    [{ status: null, removedAt: JAN }, []],
  ])('for a new progression with the state %j, the published events are %j', (now, events) => {
    expect(eventsOf(null, now)).toEqual(events);
  });

  test('a new progression is stored with all fields of its record, and `previous` in its event is null', () => {
    const record = observed({ status: 'COMPLETED', completedAt: JAN });
    expect(decideEvents(null, record)).toMatchObject({
      previous: null,
      state: record.state,
      learner: record.learner,
      course: record.course,
      erased: false,
      discarded: null,
    });
  });

  test('a progression whose personal data is already erased at its first read is stored without an event', () => {
    expect(decideEvents(null, erased())).toMatchObject({ events: [], erased: true });
  });
});

describe('a change of status', () => {
  const all = ['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED'] as const;
  const table: Record<(typeof all)[number], Record<(typeof all)[number], string | null>> = {
    ENROLLED: {
      ENROLLED: null,
      IN_PROGRESS: 'CourseStarted',
      COMPLETED: 'CourseCompleted',
      DROPPED: 'LearnerDropped',
    },
    IN_PROGRESS: {
      ENROLLED: 'ProgressReset',
      IN_PROGRESS: null,
      COMPLETED: 'CourseCompleted',
      DROPPED: 'LearnerDropped',
    },
    COMPLETED: {
      ENROLLED: 'CourseReopened',
      IN_PROGRESS: 'CourseReopened',
      COMPLETED: null,
      DROPPED: 'LearnerDropped',
    },
    DROPPED: {
      ENROLLED: 'LearnerReenrolled',
      IN_PROGRESS: 'LearnerReenrolled',
      COMPLETED: 'CourseCompleted',
      DROPPED: null,
    },
  };
  const rows = all.flatMap((from) => all.map((to) => ({ from, to, event: table[from][to] })));

  test.each(rows)(
    'when the known status is $from and Kombo shows $to, the published event is $event (null: no event)',
    ({ from, to, event }) => {
      expect(eventsOf({ status: from }, { status: to })).toEqual(event === null ? null : [event]);
    },
  );

  test.each([
    ['ENROLLED', 'LearnerEnrolled'],
    ['IN_PROGRESS', 'CourseStarted'],
    ['COMPLETED', 'CourseCompleted'],
    ['DROPPED', 'LearnerDropped'],
  ] as const)(
    'when a known progression without a status gets the status %s, %s is published with the known state as `previous`',
    (to, event) => {
      const before = known({ status: null });
      const change = decideEvents(before, observed({ status: to }));
      expect(change).toMatchObject({ events: [event], previous: before.state });
    },
  );

  test('when the status and both dates of a progression change at once, only the event of the new status is published', () => {
    expect(
      eventsOf(
        { status: 'IN_PROGRESS', enrolledAt: JAN },
        { status: 'COMPLETED', enrolledAt: FEB, completedAt: FEB },
      ),
    ).toEqual(['CourseCompleted']);
  });
});

describe('a completion', () => {
  const completed = (completedAt: string | null): Facts => ({ status: 'COMPLETED', completedAt });

  test.each([
    ['is more than 24 hours later than', JAN_MORE_THAN_A_DAY_LATER, 'CourseRecompleted'],
    ['is exactly 24 hours later than', JAN_NEXT_DAY, 'CompletionCorrected'],
    ['is a month later than', FEB, 'CourseRecompleted'],
    ['is earlier than', '2025-01-01T00:00:00.000Z', 'CompletionCorrected'],
  ])(
    'when the new completion date of a completed course %s the known date (%s), %s is published',
    (_when, date, event) => {
      expect(eventsOf(completed(JAN), completed(date))).toEqual([event]);
    },
  );

  test('when a completed course without a completion date gets a date, CompletionCorrected is published', () => {
    expect(eventsOf(completed(null), completed(JAN))).toEqual(['CompletionCorrected']);
  });

  test('when a completed course shows a renewed completion and a new enrolment date, only CourseRecompleted is published', () => {
    expect(eventsOf({ ...completed(JAN), enrolledAt: JAN }, { ...completed(FEB), enrolledAt: FEB })).toEqual([
      'CourseRecompleted',
    ]);
  });

  test('when a reopened course is completed again at a later date, CourseCompleted is published, not CourseRecompleted', () => {
    const reopened = known({ status: 'ENROLLED', completedAt: JAN });
    expect(decideEvents(reopened, observed(completed(FEB)))?.events).toEqual(['CourseCompleted']);
  });
});

test.each(['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED'] as const)(
  'when only the enrolment date of a progression with the status %s changes, EnrollmentCorrected is published',
  (status) => {
    expect(eventsOf({ status, enrolledAt: JAN }, { status, enrolledAt: FEB })).toEqual([
      'EnrollmentCorrected',
    ]);
  },
);

test('when only the enrolment date of a progression without a status changes, no event is published', () => {
  expect(eventsOf({ status: null, enrolledAt: JAN }, { status: null, enrolledAt: FEB })).toBeNull();
});

describe('values that are already known', () => {
  const full: Facts = { status: 'COMPLETED', enrolledAt: JAN, completedAt: FEB };

  test.each<[string, Facts]>([
    ['with a null status', { ...full, status: null }],
    ['with a null enrolment date', { ...full, enrolledAt: null }],
    ['with a null completion date', { ...full, completedAt: null }],
    ['with a null remote id', { ...full, remoteId: null }],
    ['without `changed_at`', { ...full, changedAt: null }],
    [
      'whose status, dates, remote id and `changed_at` are null',
      { status: null, enrolledAt: null, completedAt: null, remoteId: null, changedAt: null },
    ],
  ])('a record of a known completed progression %s publishes and stores nothing', (_what, now) => {
    expect(eventsOf(full, now)).toBeNull();
  });

  test.each<[string, Facts]>([
    ['`changed_at`', { changedAt: FEB }],
    ['the remote id', { remoteId: 'another' }],
    ['the completion date of a course that is not completed', { completedAt: FEB }],
  ])('a record that differs from the known state only in %s publishes and stores nothing', (_what, now) => {
    expect(eventsOf({}, now)).toBeNull();
  });

  test("a record that differs from the known state only in the learner's name and the course title publishes and stores nothing", () => {
    const { course } = observed();
    const record = observed(
      {},
      {
        learnerDetails: { firstName: 'B', lastName: 'B', email: null },
        course: { ...course, title: 'Another title' },
      },
    );
    expect(decideEvents(known(), record)).toBeNull();
  });

  test('when a record shows a new status and null in fields that were known, its event contains the known values', () => {
    const change = decideEvents(
      known({ status: 'IN_PROGRESS', enrolledAt: JAN }),
      observed(
        { status: 'COMPLETED', enrolledAt: null, completedAt: FEB, remoteId: null },
        { learner: { id: null, remoteId: null } },
      ),
    );
    expect(change?.state).toMatchObject({ enrolledAt: JAN, completedAt: FEB, remoteId: 'remote-p1' });
    expect(change?.learner).toEqual({ id: 'learner-of-p1', remoteId: '32' });
  });

  test('a new remote id is stored together with the next event of the progression', () => {
    const before = known({ status: 'ENROLLED', changedAt: JAN });
    const change = decideEvents(before, observed({ status: 'IN_PROGRESS', changedAt: FEB, remoteId: 'new' }));
    expect(change).toMatchObject({ previous: before.state, state: { changedAt: FEB, remoteId: 'new' } });
  });
});

describe('a removal', () => {
  test('a removal whose date changes is published once, and the restoration after it is published', () => {
    expect(eventsOf({}, { removedAt: FEB })).toEqual(['ProgressionRemoved']);
    expect(eventsOf({ removedAt: JAN }, { removedAt: FEB })).toBeNull();
    expect(eventsOf({ removedAt: FEB }, { removedAt: null })).toEqual(['ProgressionRestored']);
  });

  test('when one record shows a new status and a removal or restoration, the event of the status comes first', () => {
    expect(eventsOf({ status: 'IN_PROGRESS' }, { status: 'COMPLETED', removedAt: FEB })).toEqual([
      'CourseCompleted',
      'ProgressionRemoved',
    ]);
    expect(eventsOf({ status: 'COMPLETED', removedAt: JAN }, { status: 'ENROLLED' })).toEqual([
      'CourseReopened',
      'ProgressionRestored',
    ]);
  });

  test('when Kombo shows a removal with a null status, ProgressionRemoved is published with the known status', () => {
    const change = decideEvents(known({ status: 'DROPPED' }), observed({ status: null, removedAt: FEB }));
    expect(change).toMatchObject({ events: ['ProgressionRemoved'], state: { status: 'DROPPED' } });
  });
});
