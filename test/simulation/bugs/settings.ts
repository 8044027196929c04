import { NO_FAULTS, type Scenario } from '../scenario.ts';
import type { SpecialKind } from '../school/special-operations.ts';
import type { FaultKind } from '../world/faults.ts';
import type { SourcePatch } from './source-patch.ts';

/**
 * Settings of histories for certain bugs: no other rule hides the bug, or its situation is frequent. The same
 * histories without the bug must keep every promise.
 */
export type BugSetting = { patches: SourcePatch[]; scenario: Partial<Scenario> };

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** No record moves between two pages, so that a single pass finds every record. */
export const STEADY_PAGES: Partial<Scenario> = {
  pages: {
    order: 'id',
    cursors: 'after',
    isInclusive: true,
    changesPerPage: 0,
    repeats: 0,
    vanishes: 0,
    drifts: 0,
  },
};

/** No faults, and many changes between polls. */
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

/** Most changes are of one kind. */
export function withKind(kind: SpecialKind): BugSetting {
  return { patches: [], scenario: { ...LIVELY, kinds: { [kind]: 0.7 } } };
}

/** One kind of fault is frequent. */
export function withFault(
  fault: FaultKind,
  { scenario, patches }: BugSetting = withKind('retakes'),
): BugSetting {
  return { patches, scenario: { ...scenario, faults: { ...NO_FAULTS, [fault]: 0.5 } } };
}

/** After removals, weeks pass. */
export const AGED: BugSetting = {
  patches: [],
  scenario: { ...LIVELY, kinds: { erasures: 0.3 }, longPauseMs: 17 * DAY },
};

/** Many mass changes, most of them held, in runs that often end before everything is counted. */
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

/** Only ordinary learning happens. None of it may be held. */
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

/** Only ordinary learning happens, on a platform that sends no enrolment dates. */
export const UNDATED: BugSetting = {
  patches: [],
  scenario: { ...ORDINARY.scenario, hasNoEnrolmentDates: true },
};

/** There are a few records that change back and forth and are rarely read again, and workers freeze. */
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
 * A few records are removed and restored again and again, most of these changes are held, and the bus often
 * fails.
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

/** Records come twice in a page, and the bus fails entries for longer than all retries take. */
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
