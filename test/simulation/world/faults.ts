import type { Random } from './random.ts';

/** Everything that can go wrong. A scenario gives each kind the probability with which it strikes. */
export const faultKinds = [
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
export function faultsAt(rates: FaultRates, limit: number, random: Random): Faults {
  let struck = 0;
  let isOver = false;
  return {
    strikes(kind) {
      if (isOver || !random.chance(rates[kind]) || struck >= limit) return false;
      struck++;
      return true;
    },
    stop() {
      isOver = true;
    },
    count: () => struck,
  };
}
