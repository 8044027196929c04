import type { Counts } from './counts.ts';
import type { Random } from './random.ts';

/** What can go wrong in any history. */
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
 * What goes wrong in some histories only: a page shows a record as it was minutes ago; a `Date` header is ahead; an answer
 * by ids leaves a record out.
 */
const specialFaultKinds = ['kombo-lagging', 'kombo-clock-ahead', 'kombo-ids-missing'] as const;

/** Everything that can go wrong. A scenario gives each kind the probability with which it strikes. */
export const faultKinds = [...commonFaultKinds, ...specialFaultKinds];
export type FaultKind = (typeof faultKinds)[number];

export type FaultRates = Record<FaultKind, number>;

export type Faults = {
  /** Whether it goes wrong here and now. */
  strikes(kind: FaultKind): boolean;
  /** From now on nothing goes wrong. */
  stop(): void;
  /** How many have struck. */
  count(): number;
};

/** @param limit only so many strike, which makes a failing history shorter to read */
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
