import { isDeepStrictEqual } from 'node:util';
import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import type { Showing } from '../kombo/simulated-kombo.ts';
import type { TakenEvent } from './chains.ts';
import { known } from './event-meanings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The longest time between the read of a page and the last request for one of its records by id. */
const ASKED_WITHIN = 10 * MINUTE;
const ANONYMISED_AFTER = 14 * 24 * HOUR;

/** The events that one change of a record published, and the known state before the change. */
export type ChangeEvents = {
  events: TakenEvent[];
  /** Whether the record was erased before the change. Null means that no event shows this. */
  wasErased: boolean | null;
  /** Whether these are the first events of the record. */
  isFirst: boolean;
};

export type Clocks = {
  /** How far Kombo's clock is ahead of the machines' clocks. */
  komboSkewMs: number;
  /** The largest difference between the clocks of two machines. */
  machineSkewMs: number;
  /** The periods in which Kombo reported the data as expired, by Kombo's clock. */
  expiries: { from: number; until: number }[];
};

/** Returns whether this version of the record leads to exactly these events. */
export function explains(change: ChangeEvents, showing: Showing, clocks: Clocks): boolean {
  const [first, last] = [change.events[0]?.detail, change.events.at(-1)?.detail];
  if (first === undefined || last === undefined) return false;
  const was = first.previous;
  const is = last.progression;
  const detectedAt = Date.parse(first.detectedAt);
  return (
    showing.at - clocks.machineSkewMs - (showing.by === 'ids' ? ASKED_WITHIN : 0) <= detectedAt &&
    isConfirmed(showing, was) &&
    statesFollow(change.events) &&
    ((is.changedAt === (iso(showing.changedAt) ?? was?.changedAt ?? null) &&
      areFactsShown(is, was, showing)) ||
      isOfAnUnseenRecord(change)) &&
    (isRemovalShown(change, showing, detectedAt) || isDisbelieved(change, showing, detectedAt, clocks))
  );
}

/**
 * Returns whether the change is the erasure of a record that was removed before its first read. Only the
 * erasure of such a record is published. The other events are published when the record returns.
 */
function isOfAnUnseenRecord({ events, isFirst }: ChangeEvents): boolean {
  const [first] = events;
  return (
    isFirst &&
    first?.type === 'LearnerDataErased' &&
    isDeepStrictEqual(first.detail.progression, first.detail.previous)
  );
}

/**
 * Returns whether the version may be trusted. A version that is older than the known state is trusted only if
 * Kombo showed the same version again when it was requested by its id.
 */
export function isConfirmed({ changedAt, by }: Showing, was: ProgressionState | null): boolean {
  const knownChange = was?.changedAt ?? null;
  return by === 'ids' || changedAt === null || knownChange === null || changedAt >= Date.parse(knownChange);
}

/**
 * Returns whether the events of a change have the right states. A change can have several events. All have
 * the new status and the new dates. Only a removal or restoration, and the last event, have the new removal
 * date. The other events have the one from before the change.
 */
function statesFollow(events: TakenEvent[]): boolean {
  const [was, is] = [events[0]?.detail.previous ?? null, events.at(-1)?.detail.progression];
  return events.slice(0, -1).every(({ detail, type }) => {
    const isRemoval = type === 'ProgressionRemoved' || type === 'ProgressionRestored';
    const removedAt = isRemoval ? is?.removedAt : (was?.removedAt ?? null);
    return isDeepStrictEqual(detail.progression, { ...is, removedAt });
  });
}

type Facts = { status: string | null; enrolledAt: string | null; completedAt: string | null };

/** Returns the status and the dates of a version, as they are known if nothing was known before. */
export function factsOf({ status, enrolledAt, completedAt }: Showing): Facts {
  return { status: known(status), enrolledAt: iso(enrolledAt), completedAt: iso(completedAt) };
}

/**
 * Returns whether the status and the dates in `is` follow from the version that Kombo showed (`showing`) and
 * the state before it (`was`). A null in the version keeps the known value. Exception: a null completion date
 * beside a new status removes the known date.
 */
export function areFactsShown(is: Facts, was: Facts | null, showing: Showing): boolean {
  const status = known(showing.status);
  const completedAt = iso(showing.completedAt);
  const hadStatus = (was?.status ?? null) !== null;
  const isNewStatus = status !== null && hadStatus && status !== was?.status;
  const isCompletionShown =
    completedAt !== null
      ? is.completedAt === completedAt
      : (!isNewStatus && is.completedAt === (was?.completedAt ?? null)) ||
        ((isNewStatus || !hadStatus) && is.completedAt === null);
  return (
    is.status === (status ?? was?.status ?? null) &&
    is.enrolledAt === (iso(showing.enrolledAt) ?? was?.enrolledAt ?? null) &&
    isCompletionShown
  );
}

function isRemovalShown({ events, wasErased }: ChangeEvents, showing: Showing, detectedAt: number): boolean {
  const [was, is] = [events[0]?.detail.previous ?? null, events.at(-1)?.detail.progression];
  const isRemoved = showing.isRemoved || showing.isBlank;
  const removedAt = is?.removedAt ?? null;
  // The date of a removal that is already known may stay the same. A removal without a date has the time of
  // its detection.
  const dates = [iso(showing.removedAt) ?? was?.removedAt ?? iso(detectedAt), was?.removedAt];
  if (isRemoved ? removedAt === null || !dates.includes(removedAt) : removedAt !== null) return false;
  // A record that was removed before its first read is stored without an event.
  if (was === null && isRemoved) return false;

  const isReported = events.some(({ type }) => type === 'LearnerDataErased');
  const erased = isErasure(showing, removedAt === null ? null : Date.parse(removedAt), detectedAt);
  if (erased === 'perhaps' || wasErased === null) return !isReported || erased !== 'no';
  const mustBeReported = erased === 'yes' && !wasErased;
  return isReported === mustBeReported;
}

/**
 * Returns whether the version counts as erased: a removed record without ids of its learner, or one that was
 * removed 14 days ago and has blank names. Clocks differ, so the result is `perhaps` within two hours of that
 * age.
 *
 * @param knownSince the date of the removal if this version shows none
 */
export function isErasure(
  showing: Pick<Showing, 'isBlank' | 'isRemoved' | 'removedAt' | 'learner' | 'hasNames'>,
  knownSince: number | null,
  now: number,
): 'yes' | 'no' | 'perhaps' {
  if (showing.isBlank) return 'yes';
  if (!showing.isRemoved) return 'no';
  if (showing.learner === null) return 'yes';
  const removedAt = showing.removedAt ?? knownSince;
  if (showing.hasNames || removedAt === null) return 'no';
  const beyond = now - removedAt - ANONYMISED_AFTER;
  return Math.abs(beyond) < 2 * HOUR ? 'perhaps' : beyond > 0 ? 'yes' : 'no';
}

/**
 * Returns whether the record may stay removed, or stay present, although the version shows the opposite:
 * while the data is expired, neither a removal nor a return is trusted.
 */
function isDisbelieved(
  { events }: ChangeEvents,
  showing: Showing,
  detectedAt: number,
  clocks: Clocks,
): boolean {
  const [was, is] = [events[0]?.detail.previous, events.at(-1)?.detail.progression];
  return (
    mayBeExpired(showing, detectedAt, clocks) &&
    is?.removedAt === (was?.removedAt ?? null) &&
    events.every(({ type }) => type !== 'LearnerDataErased')
  );
}

/**
 * Returns whether the data may have been expired when the core asked Kombo about it for this version. The
 * core asks when a page shows the record, before it requests the record by its id.
 */
export function mayBeExpired(
  { at, by }: Pick<Showing, 'at' | 'by'>,
  until: number,
  { expiries, komboSkewMs }: Clocks,
): boolean {
  const from = by === 'ids' ? at - ASKED_WITHIN : at;
  return expiries.some(
    (expiry) => expiry.from - komboSkewMs <= until + ASKED_WITHIN && expiry.until - komboSkewMs >= from,
  );
}

export function iso(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
