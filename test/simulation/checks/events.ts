import type { Showing } from '../kombo/simulated-kombo.ts';
import type { Stories, TakenEvent } from './chains.ts';
import { meanings } from './event-meanings.ts';
import { type ChangeEvents, type Clocks, explains } from './explained-changes.ts';
import { isWhenItHappened } from './occurred-at.ts';
import type { Accuse } from './violation.ts';

/**
 * The order of the events of one change: the status first, then the removal or restoration, then the erasure.
 */
const RANK: Partial<Record<TakenEvent['type'], number>> = {
  ProgressionRemoved: 1,
  ProgressionRestored: 1,
  LearnerDataErased: 2,
};

/**
 * Checks that each event means what its name says, contains the ids and the state that Kombo showed, has the
 * right time, and follows the order in which Kombo showed the states.
 */
export function checkEvents(
  stories: Stories,
  shown: Map<string, Showing[]>,
  clocks: Clocks,
  accuse: Accuse,
): void {
  for (const [id, events] of stories) {
    const showings = shown.get(id) ?? [];
    for (const { detail, type } of events) {
      if (!meanings[type](detail.progression, detail.previous, detail)) {
        accuse('events mean what their type says', `${type} ${JSON.stringify(detail)}`);
      }
    }
    checkErasures(events, accuse);
    checkFirst(id, events[0], showings, accuse);
    checkExplained(events, showings, clocks, accuse);
  }
}

/** A change of a record, and the indices of the versions that explain it. */
type Explained = { change: ChangeEvents; by: number[] };

type Reached = { unexplained: number; showing: number; from: number; explained: Explained | null };

/**
 * Checks that each change has a version of the record that explains it, in the order in which Kombo showed
 * the versions. A page can show a record twice, so the function tries which events of an entry belong to one
 * change.
 */
function checkExplained(events: TakenEvent[], showings: Showing[], clocks: Clocks, accuse: Accuse): void {
  const wasErased = erasedBefore(events);
  /**
   * The best explanation of the first `n` events, by `n`: the one with the fewest unexplained events, and
   * among these the one whose last change has the earliest version.
   */
  const best: Reached[] = [{ unexplained: 0, showing: 0, from: 0, explained: null }];
  for (let end = 1; end <= events.length; end++) {
    const before = best[end - 1] ?? { unexplained: 0, showing: 0 };
    best[end] = { ...before, unexplained: before.unexplained + 1, from: end - 1, explained: null };
    for (let start = end - 1; start >= 0 && isOneChange(events.slice(start, end)); start--) {
      const reached = best[start];
      if (reached === undefined) continue;
      const change = {
        events: events.slice(start, end),
        wasErased: wasErased[start] ?? null,
        isFirst: start === 0,
      };
      const by = showings.flatMap((showing, at) =>
        at >= reached.showing && explains(change, showing, clocks) ? [at] : [],
      );
      const [first] = by;
      if (first === undefined) continue;
      const explained = { change, by };
      const showing = decidedAfter(showings, first);
      const candidate = { unexplained: reached.unexplained, showing, from: start, explained };
      if (isBetter(candidate, best[end] ?? candidate)) best[end] = candidate;
    }
  }
  const changes: Explained[] = [];
  for (let end = events.length; end > 0; ) {
    const { from, explained } = best[end] ?? { from: end - 1, explained: null };
    const event = events[end - 1];
    if (explained !== null) changes.push(explained);
    else accuse('events report what Kombo showed', `${event?.type} ${JSON.stringify(event?.detail)}`);
    end = from;
  }
  for (const explained of changes) {
    checkReferences(explained, showings, accuse);
    checkOccurredAt(explained, showings, accuse);
  }
}

/**
 * Returns the index of the first version that may explain the next change. If the version at `at` was
 * requested by its id, the result is the version from the last page before it: that page was fetched earlier
 * and is processed later.
 */
function decidedAfter(showings: Showing[], at: number): number {
  if (showings[at]?.by !== 'ids') return at;
  const page = showings.slice(0, at).findLastIndex(({ by }) => by === 'page');
  return page < 0 ? at : page;
}

/**
 * Returns whether explanation `a` is better than `b`: it leaves fewer events unexplained, or equally many and
 * its version is not later. If both are equal, `a` is chosen: the caller passes the one with more events in
 * its last change, which is more likely.
 */
function isBetter(a: Reached, b: Reached): boolean {
  return a.unexplained < b.unexplained || (a.unexplained === b.unexplained && a.showing <= b.showing);
}

function isOneChange(events: TakenEvent[]): boolean {
  return events.every(({ type, detail }, at) => {
    const before = events[at - 1];
    if (before === undefined) return true;
    const isSameEntry = before.detail.journal?.entry === detail.journal?.entry;
    return isSameEntry && (RANK[before.type] ?? 0) < (RANK[type] ?? 0);
  });
}

/**
 * Returns, for each event, whether the learner's data was erased before the event. The result is null if no
 * event shows this.
 */
function erasedBefore(events: TakenEvent[]): (boolean | null)[] {
  let isErased: boolean | null = null;
  return events.map(({ type }) => {
    const before = isErased;
    if (type === 'LearnerDataErased') isErased = true;
    // A record that is restored is no longer erased. A record that is removed was restored before.
    else if (type === 'ProgressionRestored' || type === 'ProgressionRemoved') isErased = false;
    return before;
  });
}

function checkErasures(events: TakenEvent[], accuse: Accuse): void {
  const before = erasedBefore(events);
  for (const [at, { type, detail }] of events.entries()) {
    if (type === 'LearnerDataErased' && before[at] === true) {
      accuse('events mean what their type says', `erased twice: ${JSON.stringify(detail)}`);
    }
  }
}

/** Checks that Kombo once showed the `previous` of the first event, which was stored without an event. */
function checkFirst(id: string, first: TakenEvent | undefined, showings: Showing[], accuse: Accuse): void {
  const previous = first?.detail.previous ?? null;
  if (previous === null) return;
  const wasShown =
    isShown(
      previous.enrolledAt,
      showings.map(({ enrolledAt }) => enrolledAt),
    ) &&
    isShown(
      previous.completedAt,
      showings.map(({ completedAt }) => completedAt),
    ) &&
    (previous.status === null || showings.some(({ status }) => status === previous.status)) &&
    (isShown(
      previous.removedAt,
      showings.map(({ removedAt }) => removedAt),
    ) ||
      showings.some(({ isBlank, isRemoved, removedAt }) => isBlank || (isRemoved && removedAt === null)));
  if (!wasShown) accuse('events report what Kombo showed', `${id} began with ${JSON.stringify(previous)}`);
}

function isShown(date: string | null, dates: (number | null)[]): boolean {
  return date === null || dates.includes(Date.parse(date));
}

/**
 * Checks that the ids of learner and course are those that Kombo showed last, even if this change removed
 * them from the record.
 */
function checkReferences({ change, by }: Explained, showings: Showing[], accuse: Accuse): void {
  for (const { type, detail } of change.events) {
    const { learner, course } = detail;
    const isNamed = by.some(
      (at) =>
        ((learner.id === null && change.wasErased !== false) ||
          lastShown(showings, at, 'learner').some(
            (shown) => shown.id === learner.id && shown.remoteId === learner.remoteId,
          )) &&
        lastShown(showings, at, 'course').some(
          (shown) => shown.id === course.id && shown.revision === course.revisionId,
        ),
    );
    if (!isNamed) accuse('events have the ids that Kombo showed last', `${type} ${JSON.stringify(detail)}`);
  }
}

const NOBODY = { learner: { id: null, remoteId: null }, course: { id: null, revision: null } };

/**
 * Returns the values that an event may have. This is the value of the version itself, if it has one.
 * Otherwise, it is the last value that was certainly processed, or a later value that may have been
 * processed. If no value was certainly processed, the event may also have none.
 */
function lastShown<Of extends 'learner' | 'course'>(
  showings: Showing[],
  at: number,
  of: Of,
): (NonNullable<Showing[Of]> | (typeof NOBODY)[Of])[] {
  const own = showings[at]?.[of] ?? null;
  if (own !== null) return [own];
  const earlier = showings.slice(0, at);
  const processed = earlier.findLastIndex((showing) => showing.wasProcessed && showing[of] !== null);
  const found = earlier.slice(Math.max(0, processed)).flatMap((showing) => showing[of] ?? []);
  return processed < 0 ? [...found, NOBODY[of]] : found;
}

function checkOccurredAt({ change, by }: Explained, showings: Showing[], accuse: Accuse): void {
  for (const event of change.events) {
    const isRight = by.some((at) => {
      const showing = showings[at];
      return showing !== undefined && isWhenItHappened(event, change.events, showing);
    });
    if (!isRight) accuse('`occurredAt` is right', `${event.type} ${JSON.stringify(event.detail)}`);
  }
}
