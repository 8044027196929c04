import { NO_FAULTS, type PageHabits, type Scenario } from '../scenario.ts';
import type { SpecialKind } from '../school/special-operations.ts';
import type { FaultKind } from '../world/faults.ts';
import type { SourcePatch } from './source-patch.ts';

/**
 * The settings of the histories for a bug. They switch off a rule that would hide the bug, or make the
 * situation of the bug frequent. The same histories without the bug must keep every promise.
 */
export type BugSetting = { patches: SourcePatch[]; scenario: Partial<Scenario> };

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const STEADY: PageHabits = {
  order: 'id',
  cursors: 'after',
  isInclusive: true,
  changesPerPage: 0,
  repeats: 0,
  vanishes: 0,
  drifts: 0,
};

/** Settings with which no record moves between two pages, so that a single pass finds every record. */
export const STEADY_PAGES: Partial<Scenario> = { pages: STEADY };

/** Settings without faults and with pages between which many records move, read by offset. */
export const MOVING_PAGES: BugSetting = {
  patches: [],
  scenario: {
    records: 25,
    operations: 40,
    pageSize: 3,
    pages: { ...STEADY, order: 'updated', cursors: 'offset', changesPerPage: 3 },
    pauseMs: 3 * 60 * MINUTE,
    latenessMs: 0,
    tooLate: 0,
    garbled: 0,
    faults: NO_FAULTS,
  },
};

/** Settings without faults and with many changes between two polls. */
const LIVELY: Partial<Scenario> = {
  records: 8,
  operations: 40,
  polls: 8,
  pauseMs: 40 * MINUTE,
  latenessMs: 0,
  tooLate: 0,
  komboSkewMs: 0,
  garbled: 0,
  surgeFloor: 10_000,
  massChanges: 0,
  isOrdinary: false,
  longPauseMs: 0,
  faults: NO_FAULTS,
};

/** Returns settings with which most changes are of one kind. */
export function withKind(kind: SpecialKind): BugSetting {
  return { patches: [], scenario: { ...LIVELY, kinds: { [kind]: 0.7 } } };
}

/** Returns settings with which one kind of fault is frequent. */
export function withFault(
  fault: FaultKind,
  { scenario, patches }: BugSetting = withKind('retakes'),
): BugSetting {
  return { patches, scenario: { ...scenario, faults: { ...NO_FAULTS, [fault]: 0.5 } } };
}

/** Settings with a pause of 17 days, so that Kombo erases removed records. */
export const AGED: BugSetting = {
  patches: [],
  scenario: { ...LIVELY, kinds: { erasures: 0.3 }, longPauseMs: 17 * DAY },
};

/**
 * Settings with many mass changes, most of them held, and with runs that often end before all held changes
 * are counted.
 */
export const HELD: BugSetting = {
  patches: [],
  scenario: {
    ...LIVELY,
    records: 15,
    pageSize: 4,
    surgeFloor: 2,
    surgeShare: 0,
    massChanges: 0.4,
    faults: { ...NO_FAULTS, 'out-of-time': 0.3 },
  },
};

/** Settings with which only ordinary learning happens, none of which may be held. */
export const ORDINARY: BugSetting = {
  patches: [],
  scenario: {
    ...LIVELY,
    kinds: {},
    undo: 0,
    offAtFirst: [],
    isOrdinary: true,
    massChanges: 0.3,
    surgeFloor: 0,
    surgeShare: 0,
  },
};

/** Settings with which only ordinary learning happens, on a platform that sends no enrolment dates. */
export const UNDATED: BugSetting = {
  patches: [],
  scenario: { ...ORDINARY.scenario, hasNoEnrolmentDates: true },
};

/**
 * Settings with a few records that change back and forth and are rarely read again, and with workers that
 * freeze.
 */
export const OVERTAKEN: BugSetting = {
  patches: [],
  scenario: {
    isOrdinary: false,
    records: 1,
    operations: 3,
    polls: 4,
    pageSize: 20,
    pauseMs: 10 * MINUTE,
    latenessMs: 13 * MINUTE,
    leaseMs: 2 * MINUTE,
    together: 0.5,
    undo: 0.7,
    faults: { ...NO_FAULTS, frozen: 0.05, 'table-write-delayed': 0.3 },
  },
};

/**
 * Settings with a few records that are removed and restored many times. Most of these changes are held, and
 * the bus often fails.
 */
export const HELD_AND_INTERRUPTED: BugSetting = {
  patches: [],
  scenario: {
    isOrdinary: false,
    records: 12,
    operations: 40,
    polls: 8,
    pageSize: 4,
    pauseMs: 40 * MINUTE,
    surgeFloor: 3,
    undo: 0.7,
    baseline: { mode: 'publish' },
    faults: { ...NO_FAULTS, killed: 0.03, 'bus-call-failed': 0.7 },
  },
};

/**
 * Settings with which records come twice in a page, and the bus fails entries for longer than all retries
 * take.
 */
export const TWICE_AND_FAILING: BugSetting = {
  patches: [],
  scenario: {
    isOrdinary: false,
    pages: {
      order: 'updated',
      cursors: 'after',
      isInclusive: true,
      changesPerPage: 3,
      repeats: 0.8,
      vanishes: 0,
      drifts: 0,
    },
    operations: 40,
    faults: { ...NO_FAULTS, 'bus-entry-failed': 0.8 },
  },
};
