import type { Counts } from './counts.ts';
import type { Random } from './random.ts';

/** The faults that can occur in any history. */
export const commonFaultKinds = [
  'kombo-throttled',
  'kombo-broken',
  'kombo-unreachable',
  'kombo-answer-lost',
  'kombo-body-truncated',
  'kombo-slow',
  'kombo-cursor-expired',
  'kombo-details-unreadable',
  'table-throttled',
  'table-unreachable',
  'table-answer-lost',
  'table-write-repeated',
  'table-write-delayed',
  'table-keys-unprocessed',
  'table-statements-busy',
  'table-statements-unsure',
  'table-short-page',
  'bus-entry-failed',
  'bus-entry-failed-though-accepted',
  'bus-entry-refused',
  'bus-call-failed',
  'bus-answer-lost',
  'slow',
  'killed',
  'frozen',
  'out-of-time',
  'kombo-refused',
] as const;

/**
 * The faults that can occur only in some histories: a page shows an older version of a record, a `Date`
 * header is ahead, or a response to a request by ids lacks a record.
 */
const specialFaultKinds = ['kombo-lagging', 'kombo-clock-ahead', 'kombo-ids-missing'] as const;

/** All kinds of faults. A scenario has the probability of each kind. */
export const faultKinds = [...commonFaultKinds, ...specialFaultKinds];
export type FaultKind = (typeof faultKinds)[number];

export type FaultRates = Record<FaultKind, number>;

export type Faults = {
  /** Draws whether this fault occurs now. */
  strikes(kind: FaultKind): boolean;
  /** Ends all faults. */
  stop(): void;
  /** The number of faults that have occurred. */
  count(): number;
};

/**
 * Creates the faults of a history.
 *
 * @param limit the maximum number of faults, to make a failing history shorter
 */
export function faultsAt(rates: FaultRates, limit: number, random: Random, counts: Counts): Faults {
  let struck = 0;
  let isOver = false;
  return {
    strikes(kind) {
      if (rates[kind] === 0 || isOver || !random.chance(rates[kind]) || struck >= limit) return false;
      struck++;
      counts.add(`fault: ${kind}`);
      return true;
    },
    stop() {
      isOver = true;
    },
    count: () => struck,
  };
}
