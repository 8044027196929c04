import { describe, expect, test } from 'vitest';
import { decidePage, type PageRules } from '../../../functions/core/decide/decide-page.ts';
import { sumTallies } from '../../../functions/core/state/journal-entry.ts';
import type { KnownProgression, ObservedProgression } from '../../../functions/core/state/progression.ts';
import { erased, known, observed } from '../../support/observed.ts';

const JAN = '2026-01-10T10:00:00.000Z';
const FEB = '2026-02-10T10:00:00.000Z';
const WATERMARK = '2026-03-01T08:00:00.000Z';
const RECENT = '2026-03-01T09:00:00.000Z';

const RULES: PageRules = {
  mode: 'incremental',
  baseline: { mode: 'silent' },
  startEntry: 4,
  baselineStart: null,
  entry: 7,
  watermark: WATERMARK,
  overlapMs: 15 * 60_000,
  dataExpired: false,
  newestWatermark: WATERMARK,
  hasEnrolmentDates: true,
  decisionOn: () => null,
  readAgain: new Map(),
  detectedAt: '2026-03-02T08:00:00.000Z',
};

const knownBy = (...states: KnownProgression[]) => new Map(states.map((value) => [value.state.id, value]));

const decide = (
  records: ObservedProgression[],
  before: Map<string, KnownProgression> = new Map(),
  rules: Partial<PageRules> = {},
) => {
  const { decisions, hasUntrusted, olderThanKnown } = decidePage(records, before, { ...RULES, ...rules });
  return {
    suspects: decisions.map(({ suspect }) => suspect),
    olderThanKnown,
    events: decisions.map(({ change }) => change.events),
    tally: sumTallies(decisions.map(({ tally }) => tally)),
    decisions,
    hasUntrusted,
  };
};

describe('a record that comes twice in a page', () => {
  test('when a page contains several versions of a record, each version is compared with the version before it', () => {
    const { decisions, events } = decide([observed(), observed({ status: 'IN_PROGRESS' }), observed()]);
    expect(events).toEqual([['LearnerEnrolled'], ['CourseStarted'], ['ProgressReset']]);
    expect(decisions[1]?.change.previous).toEqual(decisions[0]?.change.state);
    expect(decisions[2]?.change.previous).toEqual(decisions[1]?.change.state);
  });

  test('when a page contains two identical copies of a new record, one LearnerEnrolled is published', () => {
    expect(decide([observed(), observed()]).events).toEqual([['LearnerEnrolled']]);
  });
});

describe('the first reconciliation after a baseline', () => {
  const start = '2026-02-20T08:00:00.000Z';
  const rules = { mode: 'reconcile', baselineStart: start } as const;

  test.each([
    ['silent', 0],
    ['publish', 1],
  ] as const)(
    'when a baseline with the mode %s missed a record, the first reconciliation stores it and publishes %i events',
    (mode, events) => {
      const decided = decide([observed({ changedAt: FEB })], new Map(), { ...rules, baseline: { mode } });
      expect(decided.events[0]).toHaveLength(events);
      expect(decided.tally).toMatchObject({ firstSeen: 1, missed: 1, suspect: 0 });
    },
  );

  test.each([
    ['changed after the baseline began', observed({ changedAt: RECENT })],
    ['has no date of its last change', observed({ changedAt: null })],
  ])(
    'after a silent baseline, the first reconciliation publishes the enrolment of a new record that %s',
    (_what, record) => {
      expect(decide([record], new Map(), rules).events).toEqual([['LearnerEnrolled']]);
    },
  );

  test('after a silent baseline, the first reconciliation publishes a change of a record that the baseline stored', () => {
    const before = knownBy(known({ changedAt: JAN }));
    const { events } = decide([observed({ status: 'COMPLETED', changedAt: FEB })], before, rules);
    expect(events).toEqual([['CourseCompleted']]);
  });
});

describe('a baseline', () => {
  const page = [
    observed({ id: 'a', enrolledAt: JAN, changedAt: JAN }),
    observed({ id: 'b', enrolledAt: RECENT, changedAt: RECENT }),
    observed({ id: 'c', status: 'COMPLETED', enrolledAt: JAN, completedAt: RECENT, changedAt: RECENT }),
  ];
  const baseline = { mode: 'baseline', watermark: null } as const;

  test('a silent baseline stores all records and publishes no events', () => {
    const { events, decisions, tally } = decide(page, new Map(), baseline);
    expect(events).toEqual([[], [], []]);
    expect(decisions.map(({ change }) => change.state)).toEqual(page.map(({ state }) => state));
    expect(tally).toEqual({ firstSeen: 3, suspect: 0, decided: 0, missed: 0 });
  });

  test('a baseline with the mode `publish` publishes an event for each record', () => {
    const { events } = decide(page, new Map(), { ...baseline, baseline: { mode: 'publish' } });
    expect(events).toEqual([['LearnerEnrolled'], ['LearnerEnrolled'], ['CourseCompleted']]);
  });

  test.each<[string, Parameters<typeof observed>[0], boolean]>([
    [
      'does not publish a record that was enrolled in 2019 and changed today',
      { enrolledAt: '2019-05-01T00:00:00.000Z', changedAt: RECENT },
      false,
    ],
    [
      'does not publish a record that was completed in 2019 and enrolled today',
      { status: 'COMPLETED', completedAt: '2019-05-01T00:00:00.000Z', enrolledAt: RECENT },
      false,
    ],
    [
      'publishes a record that was completed today and enrolled in 2019',
      { status: 'COMPLETED', completedAt: RECENT, enrolledAt: '2019-05-01T00:00:00.000Z' },
      true,
    ],
    [
      'does not publish a record that changed today and has no enrolment date',
      { enrolledAt: null, changedAt: RECENT },
      false,
    ],
  ])('a baseline since last month %s', (_what, state, isPublished) => {
    const since = { ...baseline, baseline: { mode: 'since', date: FEB } as const };
    expect(decide([observed(state)], new Map(), since).events[0]).toHaveLength(isPublished ? 1 : 0);
  });

  test('a baseline with the mode `since` publishes exactly the events of records whose status began on the given date or later', () => {
    const since = { mode: 'since', date: RECENT } as const;
    expect(decide(page, new Map(), { ...baseline, baseline: since }).events).toEqual([
      [],
      ['LearnerEnrolled'],
      ['CourseCompleted'],
    ]);
  });

  test('a baseline with the mode `since` publishes no event for an enrolled record without an enrolment date', () => {
    const undated = observed({ enrolledAt: null });
    const since = { mode: 'since', date: RECENT } as const;
    expect(decide([undated], new Map(), { ...baseline, baseline: since }).events).toEqual([[]]);
  });

  test('a second silent baseline publishes no change of a record that was stored before this baseline began', () => {
    const before = knownBy(known({ id: 'a' }, { entry: RULES.startEntry }));
    expect(decide([observed({ id: 'a', status: 'COMPLETED' })], before, baseline).events).toEqual([[]]);
  });

  test('a silent baseline publishes a change of a record that the same baseline has already stored', () => {
    const before = knownBy(known({ id: 'a' }, { entry: RULES.startEntry + 1 }));
    expect(decide([observed({ id: 'a', status: 'COMPLETED' })], before, baseline).events).toEqual([
      ['CourseCompleted'],
    ]);
    const twice = [observed({ id: 'b' }), observed({ id: 'b', status: 'DROPPED' })];
    expect(decide(twice, new Map(), baseline).events).toEqual([[], ['LearnerDropped']]);
  });

  test('in a baseline, a removal is suspect if this baseline has already stored the record, not if an earlier run stored it', () => {
    const seen = knownBy(known({ id: 'a' }, { entry: RULES.startEntry + 1 }));
    expect(decide([observed({ id: 'a', removedAt: RECENT })], seen, baseline).tally.suspect).toBe(1);
    const older = knownBy(known({ id: 'a' }, { entry: RULES.startEntry }));
    expect(decide([observed({ id: 'a', removedAt: RECENT })], older, baseline).tally.suspect).toBe(0);
  });
});

describe('a decision of a person', () => {
  const ids = ['a', 'b', 'c'];
  const removals = ids.map((id) => observed({ id, removedAt: FEB }));
  const before = knownBy(...ids.map((id) => known({ id })));
  const about =
    (action: 'release' | 'discard', ...some: string[]): PageRules['decisionOn'] =>
    ({ state }) =>
      some.includes(state.id) ? action : null;

  test('when a person releases the held removals of two records, only the removal of a third record counts as suspect', () => {
    const { events, tally } = decide(removals, before, { decisionOn: about('release', 'a', 'c') });
    expect(events).toEqual(ids.map(() => ['ProgressionRemoved']));
    expect(tally).toMatchObject({ decided: 2, suspect: 1 });
  });

  test('when a person discards the held removals of two records, the removal of a third record is published', () => {
    const { events, decisions, tally } = decide(removals, before, { decisionOn: about('discard', 'a', 'b') });
    expect(events).toEqual([[], [], ['ProgressionRemoved']]);
    expect(decisions.map(({ change }) => change.discarded !== null)).toEqual([true, true, false]);
    expect(tally).toMatchObject({ decided: 2, suspect: 1 });
  });

  test('when a person discards the held change of a record, a change of this record that is not suspect is published', () => {
    const { events } = decide([observed({ id: 'a', status: 'IN_PROGRESS' })], before, {
      decisionOn: about('discard', 'a'),
    });
    expect(events).toEqual([['CourseStarted']]);
  });
});

describe('a reconciliation', () => {
  const missed = (record: ObservedProgression, before = new Map<string, KnownProgression>()) =>
    decide([record], before, { mode: 'reconcile' }).tally.missed;

  test('a reconciliation counts a change as missed if its `changed_at` is earlier than the watermark minus the overlap', () => {
    expect(missed(observed({ status: 'DROPPED', changedAt: '2026-03-01T07:44:59.999Z' }))).toBe(1);
    expect(missed(observed({ status: 'DROPPED', changedAt: '2026-03-01T07:45:00.000Z' }))).toBe(0);
    expect(missed(observed({ status: 'DROPPED', changedAt: null }))).toBe(0);
  });

  test('a reconciliation does not count an erasure or a change without an event as missed', () => {
    expect(missed(erased(), knownBy(known({ removedAt: FEB, changedAt: JAN })))).toBe(0);
    expect(missed(observed({ removedAt: FEB, changedAt: JAN }))).toBe(0);
  });

  test('a reconciliation publishes a change that the incremental runs missed', () => {
    const { events } = decide([observed({ changedAt: JAN })], new Map(), { mode: 'reconcile' });
    expect(events).toEqual([['LearnerEnrolled']]);
  });

  test('an incremental run does not count a change as missed, however old its `changed_at` is', () => {
    expect(decide([observed({ changedAt: JAN })]).tally.missed).toBe(0);
  });
});

describe('a record whose `changed_at` is older than the known one', () => {
  const before = knownBy(known({ status: 'COMPLETED', completedAt: FEB, changedAt: FEB }));
  const older = observed({ status: 'DROPPED', changedAt: JAN });
  const answered = (answer: ObservedProgression | null, rules: Partial<PageRules> = {}) =>
    decide([older], before, { readAgain: new Map([['p1', answer]]), ...rules });

  test('a record whose `changed_at` is earlier than the known `changed_at` must be read again before anything is published', () => {
    expect(decide([older], before)).toMatchObject({
      olderThanKnown: ['p1'],
      decisions: [],
      hasUntrusted: false,
    });
  });

  test('an older version of a record is published and counts as suspect when a second read shows the same version', () => {
    expect(answered(older)).toMatchObject({ events: [['LearnerDropped']], suspects: ['olderVersion'] });
  });

  test.each<[string, ObservedProgression | null]>([
    ['no record', null],
    ['another status', observed({ status: 'IN_PROGRESS', changedAt: JAN })],
    ['another `changed_at`', observed({ status: 'DROPPED', changedAt: '2026-01-11T10:00:00.000Z' })],
    ['a removal without a date', observed({ status: 'DROPPED', changedAt: JAN }, { removed: true })],
  ])(
    'an older version of a record is neither published nor stored when the second read shows %s',
    (_what, answer) => {
      for (const dataExpired of [false, true]) {
        expect(answered(answer, { dataExpired })).toMatchObject({ decisions: [], hasUntrusted: true });
      }
    },
  );
});

describe('expired data', () => {
  const expired = { dataExpired: true };

  test.each<[string, ObservedProgression, KnownProgression]>([
    ['a removal', observed({ removedAt: FEB }), known()],
    ['a restoration', observed(), known({ removedAt: FEB })],
    ['an erasure', erased('p1', FEB), known({ removedAt: FEB })],
    ['a removal together with an erasure', erased('p1', FEB), known()],
  ])("while Kombo's data of an integration is expired, %s is not published", (_what, record, before) => {
    expect(decide([record], knownBy(before), expired)).toMatchObject({ events: [], hasUntrusted: true });
  });

  test("while Kombo's data of an integration is expired, a new record that is already removed is not stored", () => {
    expect(decide([observed({ removedAt: FEB })], new Map(), expired)).toMatchObject({
      events: [],
      hasUntrusted: true,
    });
  });

  test("while Kombo's data of an integration is expired, a record's new status is published, but its removal is not", () => {
    const { decisions, hasUntrusted } = decide(
      [observed({ status: 'COMPLETED', removedAt: FEB })],
      knownBy(known()),
      expired,
    );
    expect(decisions[0]?.change).toMatchObject({ events: ['CourseCompleted'], state: { removedAt: null } });
    expect(hasUntrusted).toBe(true);
  });

  test("while Kombo's data of an integration is expired, the new learner of a removed record is stored, but its removal is not published", () => {
    const learner = { id: 'u2', remoteId: 'remote-u2' };
    const merged = { ...observed({ removedAt: FEB }), learner };
    const { decisions, hasUntrusted } = decide([merged], knownBy(known()), expired);
    expect(decisions).toMatchObject([{ change: { events: [], learner, state: { removedAt: null } } }]);
    expect(hasUntrusted).toBe(true);
  });

  test("while Kombo's data of an integration is expired, a new record is published, and a removal that is already stored changes nothing", () => {
    const page = [observed(), observed({ id: 'gone', removedAt: FEB })];
    const result = decide(page, knownBy(known({ id: 'gone', removedAt: JAN })), expired);
    expect(result).toMatchObject({ events: [['LearnerEnrolled']], hasUntrusted: false });
  });

  test("while Kombo's data of an integration is expired, a removal that a person has discarded changes nothing", () => {
    const before = knownBy(known({}, { discarded: { ...known({ removedAt: FEB }).state, erased: false } }));
    expect(decide([observed({ removedAt: FEB })], before, expired).decisions).toEqual([]);
  });
});
