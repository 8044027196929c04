import { refusalError } from '../../functions/adapters/kombo/error-codes.ts';
import { DeploymentError, TransientError } from '../../functions/core/errors.ts';
import type { Random } from '../simulation/world/random.ts';

const HOUR_MS = 60 * 60 * 1000;

/** A period of epoch times in milliseconds. `to` is exclusive. */
export type Period = { from: number; to: number };

/** The failures in a week. A member is an integration of the fleet, numbered from 0. */
export type Conditions = {
  /** Returns the error of a request of this member at this time, or null if Kombo responds normally. */
  failure(member: number, at: number): Error | null;
  /** Returns whether the member was added and is not paused. */
  isActive(member: number, at: number): boolean;
  /** The members for which Kombo refuses access, independently of other members. */
  refusedAlone: ReadonlySet<number>;
  /** The periods in which every member fails in the same way. */
  outages: Period[];
};

export type Week = { members: number; period: Period; random: Random };

const NOTHING_WRONG: Conditions = {
  failure: () => null,
  isActive: () => true,
  refusedAlone: new Set(),
  outages: [],
};

/** The kinds of failure that a week can have, each with its conditions. */
export const conditions: Record<string, (week: Week) => Conditions> = {
  none: () => NOTHING_WRONG,
  'Kombo refuses one integration': (week) => refusedAlone(week, 1),
  'Kombo refuses a tenth of the integrations': (week) => refusedAlone(week, Math.ceil(week.members / 10)),
  'Kombo refuses the key for all integrations': (week) => outages(week, refused(401, null)),
  'Kombo refuses the key for all integrations, and also a tenth of them on their own': (week) =>
    both(
      refusedAlone(week, Math.ceil(week.members / 10)),
      outages(week, refused(401, 'PLATFORM.AUTHENTICATION_INVALID')),
    ),
  'AWS denies access for all integrations': (week) => outages(week, new DeploymentError('AWS denies access')),
  'AWS denies access for one integration': (week) =>
    alone(week, 1, () => new DeploymentError('AWS denies access')),
  'a fifth of all requests fails temporarily': transient,
  'a third of the integrations waits for the first sync at Kombo': (week) =>
    alone(week, Math.ceil(week.members / 3), () => refused(409, 'INTEGRATION.SETUP_SYNC_PENDING')),
  'a tenth of the integrations must be connected again': (week) =>
    alone(week, Math.ceil(week.members / 10), () => refused(401, 'INTEGRATION.AUTHENTICATION_INVALID')),
  'integrations are added during the week, and Kombo refuses one of them': (week) =>
    both(refusedAlone(week, 1), added(week)),
  'integrations are paused and resumed, and Kombo refuses the key for all': (week) =>
    both(outages(week, refused(403, null)), paused(week)),
  'all of these': (week) =>
    [
      refusedAlone(week, Math.ceil(week.members / 10)),
      outages(week, refused(401, null)),
      outages(week, new DeploymentError('AWS denies access')),
      alone(week, Math.ceil(week.members / 10), () => refused(409, 'INTEGRATION.SETUP_SYNC_PENDING')),
      alone(week, Math.ceil(week.members / 10), () => refused(401, 'INTEGRATION.AUTHENTICATION_INVALID')),
      transient(week),
      added(week),
      paused(week),
    ].reduce(both),
};

function refused(status: number, code: string | null): Error {
  return refusalError({ status, code, logUrl: null, withCursor: false, windowMs: null }, 'api.kombo.dev');
}

/**
 * Returns conditions in which some members fail permanently, from a random moment in the first half of the
 * week on.
 */
function alone(
  { members, period, random }: Week,
  count: number,
  errorOf: (member: number) => Error,
): Conditions & { since: ReadonlyMap<number, number> } {
  const chosen = random.shuffle(Array.from({ length: members }, (_, member) => member)).slice(0, count);
  const since = new Map(chosen.map((member) => [member, instantIn(period, random, 0.5)]));
  const failure = (member: number, at: number) =>
    at >= (since.get(member) ?? Number.POSITIVE_INFINITY) ? errorOf(member) : null;
  return { ...NOTHING_WRONG, failure, since };
}

function refusedAlone(week: Week, count: number): Conditions {
  const { failure, since } = alone(week, count, (member) => refused(member % 2 === 0 ? 401 : 403, null));
  return { ...NOTHING_WRONG, failure, refusedAlone: new Set(since.keys()) };
}

/**
 * Returns conditions with three outages of all members. Each outage lasts at most 36 hours, and most last
 * less than four hours.
 */
function outages({ period, random }: Week, error: Error): Conditions {
  const all = [0, 1, 2].map(() => {
    const from = instantIn(period, random, 0.8);
    return { from, to: from + random.pick([0.3, 1, 4, 36]) * random.next() * HOUR_MS };
  });
  return {
    ...NOTHING_WRONG,
    outages: all,
    failure: (_, at) => (all.some(({ from, to }) => from <= at && at < to) ? error : null),
  };
}

function transient({ random }: Week): Conditions {
  return {
    ...NOTHING_WRONG,
    failure: () => (random.chance(0.2) ? new TransientError('Kombo did not answer in time') : null),
  };
}

function added({ members, period, random }: Week): Conditions {
  const since = Array.from({ length: members }, () =>
    random.chance(0.7) ? period.from : instantIn(period, random, 0.9),
  );
  return { ...NOTHING_WRONG, isActive: (member, at) => at >= (since[member] ?? 0) };
}

function paused({ members, period, random }: Week): Conditions {
  const pauses = Array.from({ length: members }, () => {
    if (random.chance(0.7)) return { from: 0, to: 0 };
    const from = instantIn(period, random, 0.9);
    return { from, to: from + random.next() * 24 * HOUR_MS };
  });
  return {
    ...NOTHING_WRONG,
    isActive(member, at) {
      const { from, to } = pauses[member] ?? { from: 0, to: 0 };
      return at < from || at >= to;
    },
  };
}

function both(one: Conditions, other: Conditions): Conditions {
  return {
    failure: (member, at) => one.failure(member, at) ?? other.failure(member, at),
    isActive: (member, at) => one.isActive(member, at) && other.isActive(member, at),
    refusedAlone: new Set([...one.refusedAlone, ...other.refusedAlone]),
    outages: [...one.outages, ...other.outages],
  };
}

/** Returns a random moment in the first `part` of a period, which is a number from 0 to 1. */
function instantIn({ from, to }: Period, random: Random, part: number): number {
  return from + random.next() * part * (to - from);
}
