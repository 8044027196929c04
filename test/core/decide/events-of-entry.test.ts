import { describe, expect, test } from 'vitest';
import type { LearningEventType, ProgressionState } from '../../../functions/contract/event-parts.ts';
import { learningEvents } from '../../../functions/contract/learning-events.ts';
import { decideEvents as decideAt } from '../../../functions/core/decide/decide-events.ts';
import { eventsOfEntry } from '../../../functions/core/decide/events-of-entry.ts';
import type { KnownProgression, ObservedProgression } from '../../../functions/core/state/progression.ts';
import { CANARY, entryOf, erased, known, observed } from '../../support/observed.ts';

const decideEvents = (before: KnownProgression | null, now: ObservedProgression) =>
  decideAt(before, now, '2026-03-02T08:00:00.000Z');

const JAN = '2026-01-10T10:00:00.000Z';
const FEB = '2026-02-10T10:00:00.000Z';
const CHANGED = '2026-02-11T08:00:00.000Z';
const DETECTED = '2026-03-02T08:00:00.000Z';

const change = (before: KnownProgression | null, now: ObservedProgression) => {
  const decided = decideEvents(before, now);
  if (decided === null) throw new Error('nothing happened');
  return decided;
};
const eventsOf = (before: KnownProgression | null, now: ObservedProgression) =>
  eventsOfEntry(entryOf([change(before, now)], 5), null);

describe('every event', () => {
  const cases: [LearningEventType, Partial<ProgressionState> | null, ObservedProgression][] = [
    ['LearnerEnrolled', null, observed()],
    ['CourseStarted', null, observed({ status: 'IN_PROGRESS' })],
    ['CourseStarted', { status: 'ENROLLED' }, observed({ status: 'IN_PROGRESS' })],
    ['CourseCompleted', null, observed({ status: 'COMPLETED' })],
    ['CourseCompleted', { status: 'DROPPED' }, observed({ status: 'COMPLETED', completedAt: JAN })],
    [
      'CourseRecompleted',
      { status: 'COMPLETED', completedAt: JAN },
      observed({ status: 'COMPLETED', completedAt: FEB }),
    ],
    [
      'CompletionCorrected',
      { status: 'COMPLETED', completedAt: FEB },
      observed({ status: 'COMPLETED', completedAt: JAN }),
    ],
    ['CourseReopened', { status: 'COMPLETED' }, observed({ status: 'IN_PROGRESS' })],
    ['LearnerDropped', { status: null }, observed({ status: 'DROPPED' })],
    ['LearnerReenrolled', { status: 'DROPPED' }, observed()],
    ['ProgressReset', { status: 'IN_PROGRESS' }, observed()],
    ['EnrollmentCorrected', { enrolledAt: JAN }, observed()],
    ['ProgressionRemoved', {}, observed({ removedAt: FEB })],
    ['ProgressionRestored', { removedAt: FEB }, observed()],
    ['LearnerDataErased', { removedAt: FEB }, erased()],
  ];

  test.each(cases)('the event %s matches its schema', (type, before, now) => {
    const [event] = eventsOf(before === null ? null : known(before), now);
    expect(event?.type).toBe(type);
    expect(learningEvents[type].parse(event?.detail)).toEqual(event?.detail);
  });

  test('the id of an event contains the number of its journal entry and its index among all events of this entry', () => {
    const events = eventsOfEntry(
      entryOf(
        [
          change(null, observed({ id: 'a' })),
          { ...change(null, observed({ id: 'b' })), events: [] },
          change(known({ id: 'c' }), observed({ id: 'c', status: 'COMPLETED', removedAt: FEB })),
        ],
        12,
      ),
      null,
    );
    expect(events.map(({ type, detail }) => [detail.id, detail.journal, type])).toEqual([
      ['moodle:test/12/0', { entry: 12, index: 0 }, 'LearnerEnrolled'],
      ['moodle:test/12/1', { entry: 12, index: 1 }, 'CourseCompleted'],
      ['moodle:test/12/2', { entry: 12, index: 2 }, 'ProgressionRemoved'],
    ]);
    expect(events[0]?.detail.integration).toEqual({ id: 'moodle:test', tool: 'moodle' });
  });
});

test('when a removed record is completed and its removal date changes, the event has the old date in `previous` and the new in `progression`', () => {
  const [event] = eventsOf(
    known({ removedAt: JAN }),
    observed({ status: 'COMPLETED', completedAt: JAN, removedAt: FEB }),
  );
  expect(event).toMatchObject({
    type: 'CourseCompleted',
    detail: { previous: { removedAt: JAN }, progression: { removedAt: FEB } },
  });
});

describe('two events of one change', () => {
  test('when a change is a completion and a removal, CourseCompleted comes first, and its state is completed and not removed', () => {
    const before = known({ status: 'IN_PROGRESS' });
    const [first, second] = eventsOf(
      before,
      observed({ status: 'COMPLETED', completedAt: JAN, removedAt: FEB }),
    );
    expect(first?.detail.previous).toEqual(before.state);
    expect(first?.detail.progression).toMatchObject({ status: 'COMPLETED', removedAt: null });
    expect(second?.detail.previous).toEqual(first?.detail.progression);
    expect(second?.detail.progression).toMatchObject({ status: 'COMPLETED', removedAt: FEB });
    expect(second?.detail.changes).toEqual(['removedAt']);
  });

  test('when a change is both a re-enrolment and a restoration, LearnerReenrolled comes before ProgressionRestored, and its `progression` still has the removal date', () => {
    const [first, second] = eventsOf(known({ status: 'DROPPED', removedAt: FEB }), observed());
    expect(first).toMatchObject({ type: 'LearnerReenrolled', detail: { progression: { removedAt: FEB } } });
    expect(second).toMatchObject({
      type: 'ProgressionRestored',
      detail: { progression: { removedAt: null } },
    });
  });

  test('when a record is removed and erased at once, the removal comes first, and its state is `previous` of the erasure', () => {
    const events = eventsOf(known(), erased('p1', FEB));
    expect(events.map(({ detail }) => detail.changes)).toEqual([['removedAt'], ['learner']]);
    expect(events[1]?.detail.previous).toEqual(events[0]?.detail.progression);
  });
});

describe('occurredAt', () => {
  const when = (before: KnownProgression | null, now: ObservedProgression) =>
    eventsOf(before, now).map(({ detail }) => detail.occurredAt);

  test("occurredAt is the platform's own date of the enrolment, completion or removal", () => {
    expect(when(null, observed({ enrolledAt: JAN, changedAt: CHANGED }))).toEqual([JAN]);
    expect(when(known(), observed({ status: 'COMPLETED', completedAt: FEB, changedAt: CHANGED }))).toEqual([
      FEB,
    ]);
    expect(when(known(), observed({ removedAt: FEB, changedAt: CHANGED }))).toEqual([FEB]);
  });

  test("occurredAt is `changed_at` if the platform's date of the change is missing or was already known before the change", () => {
    const stale = known({ status: 'ENROLLED', completedAt: JAN });
    expect(when(stale, observed({ status: 'COMPLETED', completedAt: JAN, changedAt: CHANGED }))).toEqual([
      CHANGED,
    ]);
    expect(when(known(), observed({ status: 'COMPLETED', changedAt: CHANGED }))).toEqual([CHANGED]);
    expect(when(known({ status: 'DROPPED' }), observed({ changedAt: CHANGED }))).toEqual([CHANGED]);
    expect(when(known(), observed({ status: 'IN_PROGRESS', changedAt: CHANGED }))).toEqual([CHANGED]);
  });

  test('occurredAt is the time of detection if Kombo shows no date', () => {
    expect(when(null, observed({ status: 'IN_PROGRESS', enrolledAt: null, changedAt: null }))).toEqual([
      DETECTED,
    ]);
  });

  test('occurredAt of an erasure is the time of detection, or `changed_at` if Kombo shows a new `changed_at`', () => {
    expect(when(known({ removedAt: FEB, changedAt: JAN }), erased())).toEqual([DETECTED]);
    expect(
      when(known({ removedAt: FEB, changedAt: JAN }), {
        ...erased(),
        state: { ...erased().state, changedAt: CHANGED },
      }),
    ).toEqual([CHANGED]);
  });
});

describe('the field `changes` of an event', () => {
  test('the field `changes` of an event lists the fields that differ from `previous`, or that are not null in a new record', () => {
    expect(eventsOf(null, observed())[0]?.detail.changes).toEqual(['remoteId', 'status', 'enrolledAt']);
    expect(
      eventsOf(known(), observed({ status: 'COMPLETED', completedAt: FEB, changedAt: CHANGED }))[0]?.detail
        .changes,
    ).toEqual(['status', 'completedAt']);
  });
});

describe('learner details', () => {
  const entry = entryOf([change(null, observed())]);

  test('without the option for learner details, an event and its journal entry contain no name or e-mail address', () => {
    const [event] = eventsOfEntry(entry, null);
    expect(event?.detail.learner).toEqual({ id: 'learner-of-p1', remoteId: '32' });
    expect(JSON.stringify(entry)).not.toContain(CANARY);
  });

  test("with the option for learner details, an event contains the learner's names and e-mail address, or null if Kombo has none", () => {
    const details = { firstName: 'Ada', lastName: 'L', email: 'ada@example.com' };
    expect(eventsOfEntry(entry, new Map([['p1', details]]))[0]?.detail.learner).toMatchObject(details);
    expect(eventsOfEntry(entry, new Map())[0]?.detail.learner).toMatchObject({
      firstName: null,
      lastName: null,
      email: null,
    });
  });
});
