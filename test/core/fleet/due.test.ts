import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Due, duePolls, nextProbe, type Probe } from '../../../functions/core/fleet/due.ts';
import {
  type Checkpoint,
  type Failure,
  type Health,
  newCheckpoint,
} from '../../../functions/core/state/checkpoint.ts';
import { startRun } from '../../../functions/core/state/run-progress.ts';
import { MINUTE_MS } from '../../support/test-clock.ts';

const NOW = Date.parse('2026-03-02T08:00:00.000Z');
const INTERVAL_MS = 15 * MINUTE_MS;
const ago = (intervals: number) => new Date(NOW - intervals * INTERVAL_MS).toISOString();

/**
 * The last runs of an integration: how many intervals ago it succeeded, how many intervals ago it failed, and
 * after how many intervals it is polled again.
 */
type Standing = {
  succeeded?: number | null;
  failed?: { kind: Failure['kind']; ago: number; retryIn?: number };
};

function healthOf(failed: Standing['failed']): Health {
  if (failed === undefined) return { state: 'healthy' };
  return {
    state: 'failing',
    since: ago(failed.ago),
    failures: 1,
    failedAt: ago(failed.ago),
    retryAt: ago(-(failed.retryIn ?? -failed.ago)),
    needsNotice: false,
    notified: false,
    failure: { kind: failed.kind, code: null, message: 'no', logUrl: null },
  };
}

/**
 * Returns which of these integrations are due. The keys are the ids, and null stands for an integration that
 * was never polled.
 */
function dueOf(fleet: Record<string, Standing | null>, lastProbe: Probe | null = null): Due {
  const checkpoints = new Map(
    Object.entries(fleet).flatMap(([id, standing]): [string, Checkpoint][] => {
      if (standing === null) return [];
      const { succeeded = null, failed } = standing;
      const succeededAt = succeeded === null ? null : ago(succeeded);
      return [[id, { ...newCheckpoint(id), succeededAt, health: healthOf(failed) }]];
    }),
  );
  return duePolls(Object.keys(fleet), { checkpoints, now: NOW, intervalMs: INTERVAL_MS, lastProbe });
}

const summary = ({ polls, stopped }: Due) => ({
  polls: polls.map(({ integration, othersLetIn }) => (othersLetIn ? `${integration}, own` : integration)),
  stopped: stopped.map(({ integration }) => integration),
});

const refused = (intervals: number, retryIn?: number) => ({
  kind: 'access-refused' as const,
  ago: intervals,
  ...(retryIn !== undefined && { retryIn }),
});

describe('a refusal of access', () => {
  test('when Kombo refuses access for the only integration, the poll of that integration stops', () => {
    expect(summary(dueOf({ a: { succeeded: 2, failed: refused(1) } }))).toEqual({
      polls: [],
      stopped: ['a'],
    });
  });

  test('when Kombo refused all integrations that ran in the last two poll intervals, the refusals count as an error of the deployment', () => {
    const due = dueOf({
      a: { succeeded: 2, failed: refused(1) },
      b: { succeeded: null, failed: refused(0.9) },
      late: { succeeded: 2.1 },
      waiting: { failed: { kind: 'waiting', ago: 2.1, retryIn: 1 } },
      new: null,
    });
    expect(summary(due)).toEqual({ polls: ['new', 'late'], stopped: ['a', 'b'] });
  });

  test('when Kombo refuses integration A and later accepts integration B, the refusal counts as a failure of A', () => {
    expect(summary(dueOf({ a: { failed: refused(1) }, b: { succeeded: 0.9 } }))).toEqual({
      polls: ['a, own', 'b'],
      stopped: [],
    });
  });

  test.each(['integration', 'waiting'] as const)(
    'when Kombo refuses integration A and B later has a failure of the kind %s, the refusal counts as a failure of A',
    (kind) => {
      const due = dueOf({ a: { failed: refused(1) }, b: { failed: { kind, ago: 0.9, retryIn: 1 } } });
      expect(summary(due)).toEqual({ polls: ['a, own'], stopped: [] });
    },
  );

  test('when Kombo refuses integration A, later accepts B and then refuses B, the refusal of A still counts as a failure of A', () => {
    const due = dueOf({ a: { failed: refused(3, 5) }, b: { succeeded: 1, failed: refused(0.5) } });
    expect(summary(due)).toEqual({ polls: [], stopped: ['b'] });
  });

  test('after a refusal of unknown cause, an integration is not polled, and after two poll intervals the deployment counts as the cause', () => {
    const fleet = (intervals: number) => ({
      a: { failed: refused(intervals - 0.1) },
      b: { succeeded: intervals },
    });
    expect(summary(dueOf(fleet(1)))).toEqual({ polls: ['b'], stopped: [] });
    expect(summary(dueOf(fleet(1.9)))).toEqual({ polls: ['b'], stopped: [] });
    expect(summary(dueOf(fleet(2.1)))).toEqual({ polls: ['b'], stopped: ['a'] });
  });

  test('when Kombo refuses integration A and B later has a temporary failure, the refusal of A counts as an error of the deployment', () => {
    const due = dueOf({
      a: { failed: refused(1) },
      b: { succeeded: 3, failed: { kind: 'transient', ago: 0.5 } },
    });
    expect(summary(due)).toEqual({ polls: ['b'], stopped: ['a'] });
  });

  test('an integration that Kombo refused while it accepted another integration is not due before its retry time', () => {
    expect(summary(dueOf({ a: { failed: refused(1, 3) }, b: { succeeded: 0.5 } })).polls).toEqual(['b']);
  });

  test('when the probe succeeds, all integrations that Kombo refused are due immediately', () => {
    const fleet = { a: { succeeded: 0.9 }, b: { failed: refused(9) }, c: { failed: refused(5) } };
    const lastProbe = { integration: 'a', at: ago(1) };
    expect(summary(dueOf(fleet, lastProbe))).toEqual({ polls: ['b', 'c', 'a'], stopped: [] });
  });

  test('when Kombo refuses an integration after the probe succeeded, the refusal counts as a failure of this integration', () => {
    const fleet = { a: { succeeded: 0.3 }, b: { failed: refused(0.5) } };
    expect(summary(dueOf(fleet, { integration: 'a', at: ago(1) })).polls).toEqual(['b, own', 'a']);
  });
});

test('an integration for which AWS denied a permission is due at each dispatch while another integration succeeds', () => {
  const due = dueOf({ a: { failed: { kind: 'deployment', ago: 1 } }, b: { succeeded: 0.9 } });
  expect(summary(due)).toEqual({ polls: ['a', 'b'], stopped: [] });
});

test('all polls are stopped when AWS denied a permission for every integration', () => {
  const denied = { kind: 'deployment' as const, ago: 1 };
  expect(summary(dueOf({ a: { failed: denied }, b: { failed: denied } })).stopped).toEqual(['a', 'b']);
});

/** Generates a number of poll intervals that is a multiple of 0.25. */
const quarters = (min: number) => fc.integer({ min, max: 40 }).map((count) => count / 4);
const intervals = quarters(0);
const standing: fc.Arbitrary<Standing> = fc.record(
  {
    succeeded: fc.option(intervals),
    failed: fc.record({
      kind: fc.constantFrom('transient', 'integration', 'waiting', 'access-refused', 'deployment'),
      ago: intervals,
      retryIn: quarters(-40),
    }),
  },
  { requiredKeys: [] },
);
const fleet = fc
  .oneof(
    { weight: 9, arbitrary: fc.array(fc.option(standing, { freq: 9 }), { minLength: 1, maxLength: 12 }) },
    {
      weight: 1,
      arbitrary: fc.array(fc.option(standing, { freq: 9 }), { minLength: 1, maxLength: 500, size: 'max' }),
    },
  )
  .map((list) => list.map((each, at): [string, Standing | null] => [`moodle:${at}`, each]));

describe('fleets with any failures', () => {
  test('an integration is due when its last run succeeded or it never ran, whatever the state of the other integrations', () => {
    fc.assert(
      fc.property(fleet, (list) => {
        const { polls } = summary(dueOf(Object.fromEntries(list)));
        const healthy = list.filter(([, each]) => each?.failed === undefined);
        expect(polls).toEqual(expect.arrayContaining(healthy.map(([id]) => id)));
      }),
    );
  });

  test('an integration with any failure other than a refusal or a denied permission is due exactly from its retry time on', () => {
    fc.assert(
      fc.property(fleet, (list) => {
        const { polls } = summary(dueOf(Object.fromEntries(list)));
        for (const [id, each] of list) {
          if (each?.failed === undefined) continue;
          const { kind, retryIn = 0 } = each.failed;
          if (kind === 'access-refused' || kind === 'deployment') continue;
          expect(polls.includes(id)).toBe(retryIn <= 0);
        }
      }),
    );
  });

  test('the order in which integrations are listed does not change which integrations are due', () => {
    fc.assert(
      fc.property(fleet, fc.infiniteStream(fc.double({ noNaN: true })), (list, places) => {
        const shuffled = list
          .map((each) => ({ each, place: places.next().value ?? 0 }))
          .sort((one, other) => one.place - other.place)
          .map(({ each }) => each);
        const one = summary(dueOf(Object.fromEntries(list)));
        const other = summary(dueOf(Object.fromEntries(shuffled)));
        expect(new Set(other.polls)).toEqual(new Set(one.polls));
        expect(new Set(other.stopped)).toEqual(new Set(one.stopped));
      }),
    );
  });

  test('a dispatch lists each integration at most once, as due or as stopped', () => {
    fc.assert(
      fc.property(fleet, (list) => {
        const { polls, stopped } = dueOf(Object.fromEntries(list));
        const ids = [...polls, ...stopped].map(({ integration }) => integration);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});

const at = (ms: number) => new Date(ms).toISOString();

const stopped = (id: string, succeededAt: number | null) => ({
  ...newCheckpoint(id),
  succeededAt: succeededAt === null ? null : at(succeededAt),
});

/** Generates integrations in any order, each with the time of its last success or without a success. */
const fleets = fc
  .uniqueArray(fc.nat(1000), { minLength: 1, maxLength: 40 })
  .chain((numbers) =>
    fc.tuple(...numbers.map((number) => fc.option(fc.nat(1000)).map((minutes) => ({ number, minutes })))),
  )
  .map((list) =>
    list.map(({ number, minutes }) =>
      stopped(`moodle:${number}`, minutes === null ? null : NOW - INTERVAL_MS - minutes * MINUTE_MS),
    ),
  );
/**
 * Generates how late each dispatch is, as a share of the interval. A negative number means that it is early.
 */
const jitters = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 100, maxLength: 100 });

test('while Kombo refuses all integrations, they are the probe one after the other, first the integration that succeeded last', () => {
  fc.assert(
    fc.property(fleets, jitters, (fleet, jitter) => {
      let last: Probe | null = null;
      const tried: string[] = [];
      for (let turn = 0; turn < fleet.length * 2; turn += 1) {
        const now = NOW + (turn + (jitter[turn] ?? 0)) * INTERVAL_MS;
        const listed = turn % 2 === 0 ? fleet : fleet.toReversed();
        const next = nextProbe(listed, { lastProbe: last, now, intervalMs: INTERVAL_MS });
        if (next === null) throw new Error('no integration is tried');
        last = { integration: next, at: at(now) };
        tried.push(next);
      }
      const latest = fleet
        .map(({ succeededAt }) => succeededAt ?? '')
        .toSorted()
        .at(-1);
      expect(fleet.find(({ integration }) => integration === tried[0])?.succeededAt ?? '').toBe(latest);
      if (fleet.length > 1) expect(tried.filter((id, place) => id === tried[place + 1])).toEqual([]);
      expect(new Set(tried.slice(0, fleet.length)).size).toBe(fleet.length);
    }),
  );
});

test('while Kombo refuses all integrations, a second dispatch within the same poll interval has no probe', () => {
  const fleet = [stopped('moodle:a', NOW - INTERVAL_MS), stopped('moodle:b', null)];
  const last = { integration: 'moodle:a', at: at(NOW) };
  expect(nextProbe(fleet, { lastProbe: last, now: NOW + MINUTE_MS, intervalMs: INTERVAL_MS })).toBeNull();
});

test('when an integration succeeded after the last probe, the next probe is the integration that succeeded last', () => {
  const fleet = [stopped('moodle:a', NOW - 2 * INTERVAL_MS), stopped('moodle:b', NOW - INTERVAL_MS)];
  const last = { integration: 'moodle:b', at: at(NOW - 3 * INTERVAL_MS) };
  expect(nextProbe(fleet, { lastProbe: last, now: NOW, intervalMs: INTERVAL_MS })).toBe('moodle:b');
});

test('when the last probe is no longer a stopped integration, the next probe is the first integration in the order of probes', () => {
  const fleet = [stopped('moodle:a', null), stopped('moodle:b', null)];
  const last = { integration: 'moodle:gone', at: at(NOW - INTERVAL_MS) };
  expect(nextProbe(fleet, { lastProbe: last, now: NOW, intervalMs: INTERVAL_MS })).toBe('moodle:a');
});

test('a dispatch has no probe when no integration is stopped', () => {
  expect(nextProbe([], { lastProbe: null, now: NOW, intervalMs: INTERVAL_MS })).toBeNull();
});

describe('the weekly reconciliation', () => {
  const HOURS_OF_WEEK = 7 * 24;
  /** The hours from one dispatch to the next. */
  const STEP = 4;
  const hours = (from: number) => new Date(NOW + from * 60 * MINUTE_MS).toISOString();

  /**
   * Runs dispatch for some weeks after a baseline. Returns the hours in which it requests a reconciliation.
   * Each reconciliation is in progress for `lasts` hours.
   */
  function requestedAt(id: string, lasts: number, weeks: number): number[] {
    const requested: number[] = [];
    const ended = { ...newCheckpoint(id), lastReconciliation: lastRun(hours(0)) };
    let checkpoint: Checkpoint = ended;
    for (let hour = STEP; hour <= weeks * HOURS_OF_WEEK; hour += STEP) {
      const begun = requested.at(-1) ?? Number.NEGATIVE_INFINITY;
      if (checkpoint.reconciliation !== null && hour - begun >= lasts) {
        checkpoint = { ...ended, lastReconciliation: lastRun(hours(hour)) };
      }
      const state = { now: Date.parse(hours(hour)), intervalMs: INTERVAL_MS, lastProbe: null };
      const { polls } = duePolls([id], { ...state, checkpoints: new Map([[id, checkpoint]]) });
      if (polls[0]?.mode !== 'reconcile') continue;
      requested.push(hour);
      checkpoint = { ...ended, reconciliation: startRun('reconcile', null, ended, hours(hour)) };
    }
    return requested;
  }

  const lastRun = (endedAt: string) => ({
    mode: 'reconcile' as const,
    startedAt: endedAt,
    endedAt,
    pages: 1,
    records: 1,
    events: 0,
    missed: 0,
    setAside: 0,
    unknownStatuses: 0,
  });

  test('dispatch requests a reconciliation once a week, and no other one while it is in progress', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.integer({ min: 1, max: HOURS_OF_WEEK - STEP }),
        (name, lasts) => {
          const requested = requestedAt(`moodle:${name}`, lasts, 4);
          const [first = 0] = requested;
          expect(first).toBeLessThanOrEqual(HOURS_OF_WEEK);
          expect(requested).toEqual([0, 1, 2, 3].map((week) => first + week * HOURS_OF_WEEK));
        },
      ),
    );
  });

  test('the reconciliations of many integrations are spread over the week', () => {
    const ids = Array.from({ length: 60 }, (_, at) => `moodle:${hash('sha256', String(at)).slice(0, 24)}`);
    const first = ids.map((id) => requestedAt(id, 1, 1)[0]);
    expect(new Set(first).size).toBeGreaterThan(HOURS_OF_WEEK / STEP / 2);
  });

  test('dispatch requests no reconciliation before the first sync has ended', () => {
    expect(dueOf({ a: { succeeded: 1 }, b: null }).polls).toEqual([
      { integration: 'b' },
      { integration: 'a' },
    ]);
  });
});
