import { isDeepStrictEqual } from 'node:util';
import type { ProgressionState } from '../../../functions/contract/event-parts.ts';
import type { Showing } from '../kombo/simulated-kombo.ts';
import type { TakenEvent } from './chains.ts';
import { known } from './event-meanings.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Kombo is asked by id after a page was detected, and perhaps several times. */
const ASKED_WITHIN = 10 * MINUTE;
const ANONYMISED_AFTER = 14 * 24 * HOUR;

/** The events that one change of a record published, and what is known of it before. */
export type ChangeEvents = {
  events: TakenEvent[];
  /** Null where no event says so. */
  wasErased: boolean | null;
  /** No event came before. */
  isFirst: boolean;
};

export type Clocks = {
  /** Kombo's clock less the machines'. */
  komboSkewMs: number;
  /** Two machines differ at most so much. */
  machineSkewMs: number;
  /** When Kombo said that the data is not valid, by its clock. */
  expiries: { from: number; until: number }[];
};

/** Whether these events, and no others, follow from Kombo's showing the record so. */
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

/** Of a record that was removed before it was seen, only the erasure is published: its facts are, when it returns. */
function isOfAnUnseenRecord({ events, isFirst }: ChangeEvents): boolean {
  const [first] = events;
  return (
    isFirst &&
    first?.type === 'LearnerDataErased' &&
    isDeepStrictEqual(first.detail.progression, first.detail.previous)
  );
}

/** What is older than the known state is believed only where Kombo said the same when it was asked for the id. */
export function isConfirmed({ changedAt, by }: Showing, was: ProgressionState | null): boolean {
  const knownChange = was?.changedAt ?? null;
  return by === 'ids' || changedAt === null || knownChange === null || changedAt >= Date.parse(knownChange);
}

/** Between two events of one change the record has its new status, and is as removed as before. */
function statesFollow(events: TakenEvent[]): boolean {
  const [was, is] = [events[0]?.detail.previous ?? null, events.at(-1)?.detail.progression];
  return events.slice(0, -1).every(({ detail, type }) => {
    const isRemoval = type === 'ProgressionRemoved' || type === 'ProgressionRestored';
    const removedAt = isRemoval ? is?.removedAt : (was?.removedAt ?? null);
    return isDeepStrictEqual(detail.progression, { ...is, removedAt });
  });
}

/** A null leaves what was known; but with a new status the completion date is taken as it is shown. */
export function areFactsShown(
  is: Pick<ProgressionState, 'status' | 'enrolledAt' | 'completedAt'>,
  was: ProgressionState | null,
  showing: Showing,
): boolean {
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
  // The date of a removal that is already known may stay; one without a date has that of its detection.
  const dates = [iso(showing.removedAt) ?? was?.removedAt ?? iso(detectedAt), was?.removedAt];
  if (isRemoved ? removedAt === null || !dates.includes(removedAt) : removedAt !== null) return false;
  // What was removed before it was ever seen is known without an event.
  if (was === null && isRemoved) return false;

  const isReported = events.some(({ type }) => type === 'LearnerDataErased');
  const erased = isErasure(showing, removedAt === null ? null : Date.parse(removedAt), detectedAt);
  if (erased === 'perhaps' || wasErased === null) return !isReported || erased !== 'no';
  const mustBeReported = erased === 'yes' && !wasErased;
  return isReported === mustBeReported;
}

/**
 * A removed record is erased when it lost its ids, or when its removal lies 14 days back and its names are blank. The
 * clocks differ: near the fourteenth day it is perhaps.
 *
 * @param knownSince the date of the removal where none is shown
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

/** While the data is expired, neither a removal nor a return is believed: the record stays as removed as it was. */
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
 * Whether Kombo may have said that the data is expired when it was asked, until then, about what it had shown. Before it
 * is asked for an id, it is asked about the page that showed the record first.
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
