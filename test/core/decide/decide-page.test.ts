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
  test('when a page contains a record twice, the second copy is compared with the state after the first', () => {
    const { decisions, events } = decide([observed(), observed({ status: 'IN_PROGRESS' }), observed()]);
    expect(events).toEqual([['LearnerEnrolled'], ['CourseStarted'], ['ProgressReset']]);
    expect(decisions[1]?.change.previous).toEqual(decisions[0]?.change.state);
    expect(decisions[2]?.change.previous).toEqual(decisions[1]?.change.state);
  });

  test('the events of a record are published once when a page contains two identical copies of the record', () => {
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
    'when a baseline with the mode %s missed a record, the first reconciliation publishes %i events for the record',
    (mode, events) => {
      const decided = decide([observed({ changedAt: FEB })], new Map(), { ...rules, baseline: { mode } });
      expect(decided.events[0]).toHaveLength(events);
      expect(decided.tally).toMatchObject({ firstSeen: 1, missed: 1, suspect: 0 });
    },
  );

  test.each([
    ['changed after the baseline began', observed({ changedAt: RECENT })],
    ['has no date of its last change', observed({ changedAt: null })],
  ])('the first reconciliation publishes the enrolment of a new record that %s', (_what, record) => {
    expect(decide([record], new Map(), rules).events).toEqual([['LearnerEnrolled']]);
  });

  test('the first reconciliation publishes a change of a record that the baseline read', () => {
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

  test('a baseline without a mode stores all records and publishes no events', () => {
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
      'enrolled in 2019 and changed today',
      { enrolledAt: '2019-05-01T00:00:00.000Z', changedAt: RECENT },
      false,
    ],
    [
      'completed in 2019 and enrolled today',
      { status: 'COMPLETED', completedAt: '2019-05-01T00:00:00.000Z', enrolledAt: RECENT },
      false,
    ],
    [
      'completed today and enrolled in 2019',
      { status: 'COMPLETED', completedAt: RECENT, enrolledAt: '2019-05-01T00:00:00.000Z' },
      true,
    ],
    ['changed today and has no enrolment date', { enrolledAt: null, changedAt: RECENT }, false],
  ])(
    'a baseline since a date decides by the date of the status for a record that was %s',
    (_what, state, isPublished) => {
      const since = { ...baseline, baseline: { mode: 'since', date: FEB } as const };
      expect(decide([observed(state)], new Map(), since).events[0]).toHaveLength(isPublished ? 1 : 0);
    },
  );

  test('a baseline since a date publishes each record whose status has this date or a later date', () => {
    const since = { mode: 'since', date: RECENT } as const;
    expect(decide(page, new Map(), { ...baseline, baseline: since }).events).toEqual([
      [],
      ['LearnerEnrolled'],
      ['CourseCompleted'],
    ]);
  });

  test('a baseline since a date does not publish a record without a date', () => {
    const undated = observed({ enrolledAt: null });
    const since = { mode: 'since', date: RECENT } as const;
    expect(decide([undated], new Map(), { ...baseline, baseline: since }).events).toEqual([[]]);
  });

  test('a second baseline publishes no change of a record that was stored before this baseline began', () => {
    const before = knownBy(known({ id: 'a' }, { entry: RULES.startEntry }));
    expect(decide([observed({ id: 'a', status: 'COMPLETED' })], before, baseline).events).toEqual([[]]);
  });

  test('a baseline publishes each change of a record that the same baseline has already stored', () => {
    const before = knownBy(known({ id: 'a' }, { entry: RULES.startEntry + 1 }));
    expect(decide([observed({ id: 'a', status: 'COMPLETED' })], before, baseline).events).toEqual([
      ['CourseCompleted'],
    ]);
    const twice = [observed({ id: 'b' }), observed({ id: 'b', status: 'DROPPED' })];
    expect(decide(twice, new Map(), baseline).events).toEqual([[], ['LearnerDropped']]);
  });

  test('during a baseline, a removal is suspect only when this baseline has already stored the record', () => {
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

  test('when a person releases held changes, only the counted changes are exempt from the limit', () => {
    const { events, tally } = decide(removals, before, { decisionOn: about('release', 'a', 'c') });
    expect(events).toEqual(ids.map(() => ['ProgressionRemoved']));
    expect(tally).toMatchObject({ decided: 2, suspect: 1 });
  });

  test('when a person discards held changes, only the counted changes are discarded', () => {
    const { events, decisions, tally } = decide(removals, before, { decisionOn: about('discard', 'a', 'b') });
    expect(events).toEqual([[], [], ['ProgressionRemoved']]);
    expect(decisions.map(({ change }) => change.discarded !== null)).toEqual([true, true, false]);
    expect(tally).toMatchObject({ decided: 2, suspect: 1 });
  });

  test('when a person discards held changes, a change that is not suspect is still published', () => {
    const { events } = decide([observed({ id: 'a', status: 'IN_PROGRESS' })], before, {
      decisionOn: about('discard', 'a'),
    });
    expect(events).toEqual([['CourseStarted']]);
  });
});

describe('a reconciliation', () => {
  const missed = (record: ObservedProgression, before = new Map<string, KnownProgression>()) =>
    decide([record], before, { mode: 'reconcile' }).tally.missed;

  test('a reconciliation counts a change as missed when an incremental run should have found it', () => {
    expect(missed(observed({ status: 'DROPPED', changedAt: '2026-03-01T07:44:59.999Z' }))).toBe(1);
    expect(missed(observed({ status: 'DROPPED', changedAt: '2026-03-01T07:45:00.000Z' }))).toBe(0);
    expect(missed(observed({ status: 'DROPPED', changedAt: null }))).toBe(0);
  });

  test('a reconciliation counts neither an erasure nor a change without events as missed', () => {
    expect(missed(erased(), knownBy(known({ removedAt: FEB, changedAt: JAN })))).toBe(0);
    expect(missed(observed({ removedAt: FEB, changedAt: JAN }))).toBe(0);
  });

  test('a reconciliation publishes missed changes', () => {
    const { events } = decide([observed({ changedAt: JAN })], new Map(), { mode: 'reconcile' });
    expect(events).toEqual([['LearnerEnrolled']]);
  });

  test('an incremental run counts no change as missed', () => {
    expect(decide([observed({ changedAt: JAN })]).tally.missed).toBe(0);
  });
});

describe('a record whose `changed_at` is older than the known one', () => {
  const before = knownBy(known({ status: 'COMPLETED', completedAt: FEB, changedAt: FEB }));
  const older = observed({ status: 'DROPPED', changedAt: JAN });
  const answered = (answer: ObservedProgression | null, rules: Partial<PageRules> = {}) =>
    decide([older], before, { readAgain: new Map([['p1', answer]]), ...rules });

  test('a record whose `changed_at` is older than the known one must be read again', () => {
    expect(decide([older], before)).toMatchObject({
      olderThanKnown: ['p1'],
      decisions: [],
      hasUntrusted: false,
    });
  });

  test('an older version of a record is trusted and counts as suspect when Kombo shows it a second time', () => {
    expect(answered(older)).toMatchObject({ events: [['LearnerDropped']], suspects: ['olderVersion'] });
  });

  test.each<[string, ObservedProgression | null]>([
    ['no record', null],
    ['another status', observed({ status: 'IN_PROGRESS', changedAt: JAN })],
    ['another time of change', observed({ status: 'DROPPED', changedAt: '2026-01-11T10:00:00.000Z' })],
    ['a removal without a date', observed({ status: 'DROPPED', changedAt: JAN }, { removed: true })],
  ])('an older version of a record is not trusted when the second read shows %s', (_what, answer) => {
    for (const dataExpired of [false, true]) {
      expect(answered(answer, { dataExpired })).toMatchObject({ decisions: [], hasUntrusted: true });
    }
  });
});

describe('expired data', () => {
  const expired = { dataExpired: true };

  test.each<[string, ObservedProgression, KnownProgression]>([
    ['a removal', observed({ removedAt: FEB }), known()],
    ['a restoration', observed(), known({ removedAt: FEB })],
    ['an erasure', erased('p1', FEB), known({ removedAt: FEB })],
    ['a removal together with an erasure', erased('p1', FEB), known()],
  ])('while the data is expired, %s is not trusted', (_what, record, before) => {
    expect(decide([record], knownBy(before), expired)).toMatchObject({ events: [], hasUntrusted: true });
  });

  test('while the data is expired, a new record that is removed is not trusted', () => {
    expect(decide([observed({ removedAt: FEB })], new Map(), expired)).toMatchObject({
      events: [],
      hasUntrusted: true,
    });
  });

  test('while the data is expired, a new status is trusted even if the same record shows a removal', () => {
    const { decisions, hasUntrusted } = decide(
      [observed({ status: 'COMPLETED', removedAt: FEB })],
      knownBy(known()),
      expired,
    );
    expect(decisions[0]?.change).toMatchObject({ events: ['CourseCompleted'], state: { removedAt: null } });
    expect(hasUntrusted).toBe(true);
  });

  test('while the data is expired, a new record is trusted, and a removal that is already known changes nothing', () => {
    const page = [observed(), observed({ id: 'gone', removedAt: FEB })];
    const result = decide(page, knownBy(known({ id: 'gone', removedAt: JAN })), expired);
    expect(result).toMatchObject({ events: [['LearnerEnrolled']], hasUntrusted: false });
  });

  test('while the data is expired, a discarded removal stays discarded', () => {
    const before = knownBy(known({}, { discarded: { ...known({ removedAt: FEB }).state, erased: false } }));
    expect(decide([observed({ removedAt: FEB })], before, expired).decisions).toEqual([]);
  });
});
