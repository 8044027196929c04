import { isDeepStrictEqual } from 'node:util';
import { operationalEvents } from '../../../functions/contract/operational-events.ts';
import type { Change, JournalEntry } from '../../../functions/core/state/journal-entry.ts';
import type { Showing } from '../kombo/simulated-kombo.ts';
import type { ReceivedEvent } from '../world/received-events.ts';
import { areFactsShown, type Clocks, factsOf, mayBeExpired } from './explained-changes.ts';
import { isSuspect } from './suspect-changes.ts';
import type { Accuse } from './violation.ts';

/**
 * The window in which suspect changes are counted. It is an hour less than the 24 hours of the rule, because
 * the machines' clocks differ a little.
 */
const WINDOW_MS = 23 * 60 * 60 * 1000;
/**
 * The longest time between the response that shows a change and the start of its hold. A page is fetched
 * before its changes are held.
 */
const COUNTED_BEFORE = 10 * 60 * 1000;
const SAMPLE_SIZE = 10;
const LARGEST_COURSES = 20;

/**
 * A person's decision about held changes. The decision was stored between `from` and `until`. If the response
 * was lost, the decision may not have been stored.
 */
export type HoldDecision = {
  by: 'release' | 'discard';
  from: number;
  until: number;
  /** The start of the hold, by the machine's clock. */
  since: number;
  changes: number;
  /** The progressions whose changes were counted. The list is empty if they are not known for certain. */
  counted: string[];
};

type Holds = {
  /**
   * The time at which the bus received the event about the end of the last baseline, or `-Infinity` without
   * such an event.
   */
  baselinedAt: number;
  entries: JournalEntry[];
  shown: Map<string, Showing[]>;
  /** For each journal entry, by its number, the latest watermark at the time when the entry was appended. */
  watermarks: Map<number, string | null>;
  decisions: HoldDecision[];
  settings: { surgeFloor: number; surgeShare: number };
  clocks: Clocks;
};

/** A change of the journal that is suspect and was not published by a baseline. */
type SuspectChange = { at: number; change: Change; wasReleased: boolean; limit: number };

/**
 * Checks that within a day, no more suspect changes are published than the limit allows, except changes that
 * a person released. Released changes must have been shown before the decision, and must not be more than
 * were counted.
 */
export function checkHolds(holds: Holds, accuse: Accuse): void {
  const suspect = suspectChanges(holds);
  const released = holds.decisions.filter(({ by }) => by === 'release');
  const letThrough = released.reduce((sum, { changes }) => sum + changes, 0);
  for (const [index, { at: end, limit }] of suspect.entries()) {
    // The order is that of the journal, because another machine's clock may be behind. The limit grows with the
    // known progressions, so a later change must not be compared with the limit of an earlier one.
    const day = suspect.slice(0, index + 1).filter(({ at }) => at > end - WINDOW_MS);
    const unasked = day.filter(({ wasReleased }) => !wasReleased).length;
    const evidence = `${day.length} suspect changes in a day, ${unasked} of them not released by a person; the limit is ${limit}, and ${letThrough} were released`;
    // A progression counts once, even if a page showed it twice.
    const progressions = new Set(day.map(({ change }) => change.state.id)).size;
    if (unasked > limit || progressions > limit + letThrough) {
      accuse('no surprise floods', evidence);
      return;
    }
  }
}

function suspectChanges({
  baselinedAt,
  entries,
  shown,
  watermarks,
  decisions,
  settings,
  clocks,
}: Holds): SuspectChange[] {
  const { machineSkewMs } = clocks;
  const released = decisions.filter(({ by }) => by === 'release');
  const known = new Map<string, { isRemovalPublished: boolean }>();
  let hasEnrolmentDates = false;
  const releasedFacts = new Set<string>();
  const found: SuspectChange[] = [];
  for (const { number, mode, detectedAt, changes } of entries) {
    const watermark = watermarks.get(number) ?? null;
    const at = Date.parse(detectedAt);
    for (const change of changes) {
      const { id } = change.state;
      const isRemovalPublished = known.get(id)?.isRemovalPublished ?? false;
      const judged = { change, watermark, isRemovalPublished, hasEnrolmentDates };
      if (!isOfBaseline(mode, change, { baselinedAt, clocks }) && isSuspect(judged)) {
        const limit = Math.max(settings.surgeFloor, Math.floor(settings.surgeShare * (known.size + 1)));
        const published = {
          ...change,
          erased: change.events.includes('LearnerDataErased') && !isRemoval(change),
        };
        const { status, enrolledAt, completedAt, removedAt } = change.state;
        const facts = JSON.stringify([
          id,
          status,
          enrolledAt,
          completedAt,
          removedAt !== null,
          change.erased && !isRemoval(change),
        ]);
        // When Kombo shows the data of a released change again, this check treats the new change as
        // released, too, even if the known state before it is different.
        const wasReleased =
          releasedFacts.has(facts) ||
          released.some(
            ({ from, until }) =>
              from - machineSkewMs <= at && wasShown(published, shown.get(id), until, clocks),
          );
        if (wasReleased) releasedFacts.add(facts);
        found.push({ at, change, wasReleased, limit });
      }
      known.set(id, { isRemovalPublished: isRemovalPublishedAfter(change, isRemovalPublished) });
    }
    hasEnrolmentDates ||= changes.some(({ state }) => state.enrolledAt !== null);
  }
  return found;
}

/**
 * Returns whether the mode of the baseline determines if a change is published. It does in a baseline, and in
 * a reconciliation for the records that the baseline should have read.
 */
function isOfBaseline(
  mode: JournalEntry['mode'],
  { previous, state }: Change,
  { baselinedAt, clocks }: Pick<Holds, 'baselinedAt' | 'clocks'>,
): boolean {
  const end = baselinedAt + clocks.machineSkewMs + Math.abs(clocks.komboSkewMs);
  const wasThere = state.changedAt !== null && Date.parse(state.changedAt) < end;
  return mode === 'baseline' || (mode === 'reconcile' && previous === null && wasThere);
}

/** Returns whether a change removes a record. Its decision also covers the later anonymisation of the record. */
function isRemoval({ previous, state }: Pick<Change, 'previous' | 'state'>): boolean {
  return state.removedAt !== null && (previous?.removedAt ?? null) === null;
}

function isRemovalPublishedAfter({ events, state }: Change, before: boolean): boolean {
  return state.removedAt !== null && (before || events.includes('ProgressionRemoved'));
}

/**
 * Returns whether Kombo had shown these facts of the record before this time. If pages showed two versions of
 * the record, the facts may follow from both: a count compares the second version with the state after the
 * first one.
 *
 * @param change.erased whether the record is erased with this change
 */
function wasShown(
  { previous, state, erased }: Pick<Change, 'previous' | 'state' | 'erased'>,
  showings: Showing[] = [],
  by: number,
  clocks: Clocks,
): boolean {
  const shown = showings.filter(({ at }) => at <= by);
  const before = [previous, ...shown.map(factsOf)];
  return shown.some(
    (showing) =>
      (isDeepStrictEqual(state, previous) || before.some((was) => areFactsShown(state, was, showing))) &&
      (mayBeExpired(showing, showing.at, clocks) ||
        (showing.isRemoved || showing.isBlank) === (state.removedAt !== null)) &&
      (!erased || showing.isBlank || !showing.hasNames),
  );
}

/**
 * Checks that the only changes without events are changes that a person discarded and that Kombo had shown
 * before the decision. A reconciliation also publishes nothing for a new record that the baseline should have
 * seen.
 */
export function checkDiscards(
  { entries, shown, decisions, clocks, baselinedAt }: Holds,
  accuse: Accuse,
): void {
  const discards = decisions.filter(({ by }) => by === 'discard');
  for (const { changes, detectedAt, mode } of entries) {
    for (const change of changes) {
      const facts = mode === 'baseline' ? change.discarded : leftOut(change);
      if (facts === null) continue;
      if (mode === 'reconcile' && isOfBaseline(mode, change, { baselinedAt, clocks })) continue;
      const { erased: isErased, ...state } = facts;
      const erased = isErased && !change.erased && !isRemoval({ ...change, state });
      const wasCounted = discards.some(
        ({ from, until }) =>
          from - clocks.machineSkewMs <= Date.parse(detectedAt) &&
          wasShown({ ...change, state, erased }, shown.get(state.id), until, clocks),
      );
      if (!wasCounted) accuse('only counted changes are discarded', JSON.stringify(change));
    }
  }
}

/**
 * Checks that a discarded change is not published. For each progression, it checks the first change after the
 * decision, if Kombo had shown this change before the decision.
 */
export function checkDiscarded({ entries, shown, decisions, clocks }: Holds, accuse: Accuse): void {
  const { machineSkewMs } = clocks;
  for (const [place, { by, from, until, since, counted }] of decisions.entries()) {
    if (by !== 'discard') continue;
    // Only changes before the next decision are checked. A later hold may count the same change again, and
    // the decision about that hold may publish it.
    const next = decisions[place + 1]?.from ?? Number.POSITIVE_INFINITY;
    for (const id of counted) {
      const change = entries
        .filter(({ detectedAt }) => {
          const at = Date.parse(detectedAt);
          return at > until + machineSkewMs && at < next - machineSkewMs;
        })
        .flatMap(({ changes, detectedAt }) => changes.map((one) => ({ ...one, detectedAt })))
        .find(({ state }) => state.id === id);
      // If Kombo showed another version before the decision, it is not certain which change was counted. If
      // Kombo showed another version after the decision, or the platform wrote the record again, the counted
      // change may have gone away, and a later change is a new one.
      const lastAt = Date.parse(change?.detectedAt ?? '') + machineSkewMs;
      const meanwhile = (shown.get(id) ?? []).filter(
        ({ at }) => at >= since - COUNTED_BEFORE && at <= lastAt,
      );
      const wasCounted = meanwhile.some(({ at }) => at <= from);
      const wasWrittenAgain = new Set(meanwhile.map(({ stamp }) => stamp)).size > 1;
      if (change === undefined || change.events.length === 0 || !wasCounted || wasWrittenAgain) continue;
      // Each record that Kombo showed must equal the change in every field. A record that was shown while
      // the data was expired does not count, because its removal was not trusted.
      const erased = change.events.includes('LearnerDataErased');
      const isTheSame = meanwhile.every(
        (showing) =>
          !showing.whileExpired &&
          wasShown({ ...change, erased }, [showing], lastAt, { ...clocks, expiries: [] }) &&
          (erased || !showing.isBlank),
      );
      if (isTheSame && isSuspectAnyway(change)) {
        accuse('discarded changes are not published', JSON.stringify(change));
      }
    }
  }
}

/** Returns whether a change is suspect independently of the watermark and of other progressions. */
function isSuspectAnyway(change: Change): boolean {
  return isSuspect({ change, watermark: null, isRemovalPublished: true, hasEnrolmentDates: false });
}

/**
 * Returns the facts of a change that a run other than a baseline stored without an event. Returns null if the
 * change has an event or needs none.
 */
function leftOut(change: Change): Change['discarded'] {
  const { previous, state, events, erased, discarded } = change;
  const isSilentFirstSight =
    previous === null && events.length === 0 && state.removedAt === null && state.status !== null;
  return isSilentFirstSight ? { ...state, erased } : discarded;
}

/**
 * Checks that the counts of `ChangesHeld` add up, and that ordinary learning is never held.
 *
 * @param isOrdinary whether only ordinary learning happened
 */
export function checkHeldEvents(
  received: ReceivedEvent[],
  shown: Map<string, Showing[]>,
  isOrdinary: boolean,
  accuse: Accuse,
): void {
  for (const { type, json, at: receivedAt } of received) {
    if (type !== 'ChangesHeld') continue;
    const { waiting, limit, sample } = operationalEvents.ChangesHeld.parse(JSON.parse(json));
    const isSuspectAllTheSame =
      waiting.kinds.firstSeenUndated === waiting.total &&
      sample.every((id) => isFirstSeenCompletedUndated(shown.get(id), receivedAt));
    if (isOrdinary && !isSuspectAllTheSame) accuse('ordinary learning is never held', json);
    const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0);
    const { total, kinds, courses, otherCourses } = waiting;
    const perCourse = courses.map(({ changes }) => changes);
    const isRight =
      total > 0 &&
      limit >= 0 &&
      sum(Object.values(kinds)) === total &&
      sum(perCourse) + otherCourses.changes === total &&
      courses.length <= LARGEST_COURSES &&
      perCourse.every((changes, at) => changes <= (perCourse[at - 1] ?? Number.POSITIVE_INFINITY)) &&
      new Set(sample).size === Math.min(total, SAMPLE_SIZE);
    if (!isRight) accuse('held changes are counted', json);
  }
}

/**
 * Returns whether a record was already completed at its first read and has no dates. On a platform without
 * enrolment dates, a new completion looks like an old completion, so such records may be held.
 */
function isFirstSeenCompletedUndated(showings: Showing[] = [], until: number): boolean {
  const place = showings.findIndex(
    ({ at, status, enrolledAt, completedAt }) =>
      at <= until && status === 'COMPLETED' && enrolledAt === null && completedAt === null,
  );
  return place >= 0 && !showings.slice(0, place).some(({ wasProcessed }) => wasProcessed);
}
