import type { Baseline } from '../../functions/contract/integration.ts';
import type { NullableField } from './school/school.ts';
import { type SpecialKind, specialKinds } from './school/special-operations.ts';
import { commonFaultKinds, type FaultRates } from './world/faults.ts';
import { type Random, seededRandom } from './world/random.ts';

/**
 * The parameters of one history. They are drawn from the seed of the history, and reduced when a failing
 * history is shrunk. Times are in milliseconds.
 */
export type Scenario = {
  seed: number;
  start: number;
  /** The number of progressions at the first poll. */
  records: number;
  operations: number;
  polls: number;
  /** The longest time between two polls. */
  pauseMs: number;
  pageSize: number;
  pages: PageHabits;
  /** How far Kombo's clock is ahead of the machines' clocks. */
  komboSkewMs: number;
  /** The largest difference between the clocks of two machines. */
  machineSkewMs: number;
  /**
   * Kombo's normal response time. It determines whether a page arrives before or after the current page is
   * processed.
   */
  komboMs: number;
  /** The longest delay until a change becomes visible. */
  latenessMs: number;
  /** The probability that a change becomes visible later than the overlap covers. */
  tooLate: number;
  baseline: Baseline;
  learnerDetails: 'omit' | 'include';
  overlapMs: number;
  leaseMs: number;
  reconcileSliceMs: number;
  surgeFloor: number;
  /**
   * The probability that the next operation undoes the last operation, so that a state A changes to B and
   * back to A.
   */
  undo: number;
  /** The probability that a poll does not wait for the end of the poll before it. */
  together: number;
  /**
   * Whether the records are large and the pages long, so that the changes of a page need several journal
   * entries.
   */
  isBulky: boolean;
  faults: FaultRates;
  faultLimit: number;
  /** The probability that the next operation makes a record unreadable. */
  garbled: number;
  /**
   * For each special kind of operation, the probability that the next operation is of this kind. Most schools
   * have no special operations.
   */
  kinds: Partial<Record<SpecialKind, number>>;
  /** The probability that the next operation is a mass change. */
  massChanges: number;
  /** Whether only ordinary learning happens, which is never held. */
  isOrdinary: boolean;
  hasNoEnrolmentDates: boolean;
  /** The fields that are turned off at first and that the customer turns on later. */
  offAtFirst: NullableField[];
  /** A long pause between two polls, which occurs once. 0 in most histories. */
  longPauseMs: number;
  surgeShare: number;
};

export type PageHabits = {
  order: 'updated' | 'latest-first' | 'id' | 'random';
  /**
   * The kind of cursors. With `offset`, records are skipped or repeated when other records move. With
   * `after`, a page continues after the last record of the page before.
   */
  cursors: 'offset' | 'after';
  isInclusive: boolean;
  /** The probability that records come twice in a page. */
  repeats: number;
  /** The largest number of changes while a page is read. */
  changesPerPage: number;
  /**
   * The probability that a row disappears from Kombo permanently between two pages, so that later rows move
   * up.
   */
  vanishes: number;
  /**
   * With the order `random`, the probability that a record changes its position between the requests of two
   * pages although it was not updated.
   */
  drifts: number;
};

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const DAY = 24 * HOUR;

/**
 * Draws the parameters of a history from its seed. Each seed has only some kinds of faults, with random
 * rates, because faults that always occur together hide bugs.
 */
export function scenarioOf(seed: number): Scenario {
  return withSpecialKinds(commonScenario(seed), seededRandom(seed ^ 0x51c1a1));
}

type CommonScenario = Omit<
  Scenario,
  'kinds' | 'massChanges' | 'isOrdinary' | 'hasNoEnrolmentDates' | 'offAtFirst' | 'longPauseMs' | 'surgeShare'
>;

/**
 * Adds rare features to a scenario. They are drawn from separate random numbers, so that a new feature does
 * not change the other parameters of any seed.
 */
function withSpecialKinds(common: CommonScenario, random: Random): Scenario {
  const drawn = specialKinds.flatMap((kind) =>
    random.chance(0.12) ? [[kind, random.pick([0.1, 0.3, 0.6])] as const] : [],
  );
  const isOrdinary = random.chance(0.05);
  const isHeldOften = !isOrdinary && random.chance(0.1);
  const isHeld = common.surgeFloor < 100 || isOrdinary || isHeldOften;
  const faults = {
    ...common.faults,
    // An older version with the same `changed_at` is not recognised as older, and would look like a reopened
    // course.
    'kombo-lagging': !isOrdinary && random.chance(0.12) ? random.pick([0.05, 0.2, 0.5]) : 0,
    'kombo-clock-ahead': random.chance(0.12) ? random.pick([0.05, 0.2, 0.5]) : 0,
    'kombo-ids-missing': random.chance(0.12) ? random.pick([0.3, 0.6, 1]) : 0,
  };
  const field = random.pick<NullableField>(['status', 'enrolledAt', 'completedAt', 'names']);
  const scenario = {
    ...common,
    kinds: Object.fromEntries(isOrdinary ? [] : drawn),
    massChanges: isHeldOften
      ? random.pick([0.2, 0.4])
      : random.chance(isHeld ? 0.5 : 0.05)
        ? random.pick([0.05, 0.15])
        : 0,
    isOrdinary,
    // A newer version with an older `changed_at` would look like a restored backup, which is no ordinary
    // learning. So no change is late or undone.
    ...(isOrdinary && { undo: 0, latenessMs: 0, tooLate: 0, garbled: 0 }),
    records: isHeldOften ? Math.max(common.records, 12) : common.records,
    surgeFloor: isOrdinary ? random.int(0, 3) : isHeldOften ? random.int(1, 5) : common.surgeFloor,
    surgeShare: isHeld && random.chance(0.3) ? random.pick([0.1, 0.3]) : 0,
    hasNoEnrolmentDates: random.chance(0.05),
    offAtFirst: !isOrdinary && random.chance(0.1) ? [field] : [],
    longPauseMs: !isOrdinary && random.chance(0.1) ? random.pick([11.5, 14.5, 17]) * DAY : 0,
    faults,
  };
  const pages = {
    ...common.pages,
    vanishes: random.chance(0.04) ? random.pick([0.05, 0.2]) : 0,
    drifts: random.chance(0.04) ? random.pick([0.02, 0.1]) : 0,
  };
  return {
    ...scenario,
    pages,
    // The delay of a change, plus the time for which an older version is shown, must be shorter than the
    // overlap.
    latenessMs: faults['kombo-lagging'] > 0 ? Math.min(scenario.latenessMs, 2 * MINUTE) : scenario.latenessMs,
    // If a `Date` header can be ahead, Kombo's clock must not be behind the machines' clocks. Otherwise, both
    // clocks could be later than Kombo's real time at the start of a run.
    komboSkewMs: faults['kombo-clock-ahead'] > 0 ? Math.max(common.komboSkewMs, 0) : common.komboSkewMs,
  };
}

function commonScenario(seed: number): CommonScenario {
  const random = seededRandom(seed);
  const isBulky = random.chance(0.02);
  const start = Date.UTC(
    2026,
    random.int(0, 11),
    random.int(1, 28),
    random.int(0, 23),
    0,
    random.int(0, 59),
    123,
  );
  const overlapMs = 15 * MINUTE;
  const leaseMs = random.pick([2, 5, 15]) * MINUTE;
  return {
    seed,
    start,
    records: isBulky ? random.int(40, 60) : random.int(0, random.pick([3, 8, 25])),
    operations: random.int(0, random.pick([6, 20, 40])),
    polls: random.int(2, random.pick([4, 8])),
    pauseMs: random.pick([MINUTE, 10 * MINUTE, 40 * MINUTE, 3 * HOUR]),
    pageSize: isBulky ? random.int(40, 100) : random.int(2, random.pick([3, 7, 20])),
    pages: {
      order: random.pick(['updated', 'latest-first', 'id', 'random']),
      cursors: random.pick(['offset', 'after']),
      isInclusive: random.chance(0.5),
      repeats: random.pick([0, 0, 0.1, 0.3]),
      changesPerPage: random.pick([0, 1, 3]),
      vanishes: 0,
      drifts: 0,
    },
    komboSkewMs: random.pick([0, random.int(-5000, 5000), random.int(-HOUR, HOUR)]),
    machineSkewMs: random.pick([0, 0, 2_000, 30_000]),
    latenessMs: random.pick([0, 2 * MINUTE, overlapMs - 2 * MINUTE]),
    tooLate: random.chance(0.15) ? 0.2 : 0,
    baseline: baselineOf(random, start),
    learnerDetails: random.pick(['omit', 'include']),
    overlapMs,
    leaseMs,
    reconcileSliceMs: random.pick([1_000, 10_000, 10 * MINUTE]),
    surgeFloor: random.chance(0.15) ? random.int(2, 5) : 10_000,
    isBulky,
    undo: random.pick([0, 0.1, 0.4]),
    together: random.chance(0.4) ? 0.5 : 0,
    faults: ratesOf(random),
    faultLimit: Number.POSITIVE_INFINITY,
    garbled: random.chance(0.15) ? 0.15 : 0,
    komboMs: random.pick([30, 900]),
  };
}

function baselineOf(random: Random, start: number): Baseline {
  const mode = random.pick(['silent', 'publish', 'since'] as const);
  return mode === 'since'
    ? { mode, date: new Date(start - random.int(0, 40) * DAY).toISOString() }
    : { mode };
}

/** Faults that end a worker or a run can occur at each of its steps, so they have lower rates. */
const RARE = new Set(['killed', 'frozen', 'kombo-cursor-expired', 'kombo-refused', 'bus-entry-refused']);

function ratesOf(random: Random): FaultRates {
  const isCalm = random.chance(0.05);
  const rate = (kind: string) => {
    if (isCalm || random.chance(0.65)) return 0;
    // The rate is high, because a run asks only once per page whether time is left, and most runs have few
    // pages.
    if (kind === 'out-of-time') return random.pick([0.1, 0.3, 0.6]);
    return RARE.has(kind) ? random.pick([0.005, 0.01, 0.03]) : random.pick([0.02, 0.05, 0.2]);
  };
  const rates = Object.fromEntries(commonFaultKinds.map((kind) => [kind, rate(kind)]));
  return { ...NO_FAULTS, ...rates };
}

export const NO_FAULTS: FaultRates = {
  'kombo-throttled': 0,
  'kombo-broken': 0,
  'kombo-unreachable': 0,
  'kombo-answer-lost': 0,
  'kombo-body-truncated': 0,
  'kombo-slow': 0,
  'kombo-cursor-expired': 0,
  'kombo-details-unreadable': 0,
  'table-throttled': 0,
  'table-unreachable': 0,
  'table-answer-lost': 0,
  'table-write-repeated': 0,
  'table-write-delayed': 0,
  'table-keys-unprocessed': 0,
  'table-statements-busy': 0,
  'table-statements-unsure': 0,
  'table-short-page': 0,
  'bus-entry-failed': 0,
  'bus-entry-failed-though-accepted': 0,
  'bus-entry-refused': 0,
  'bus-call-failed': 0,
  'bus-answer-lost': 0,
  slow: 0,
  killed: 0,
  frozen: 0,
  'out-of-time': 0,
  'kombo-refused': 0,
  'kombo-lagging': 0,
  'kombo-clock-ahead': 0,
  'kombo-ids-missing': 0,
};
