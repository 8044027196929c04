import type { ProgressionState } from '../../functions/contract/event-parts.ts';
import type { LearningEvent } from '../../functions/contract/learning-events.ts';
import { eventsOfEntry } from '../../functions/core/decide/events-of-entry.ts';
import type { JournalEntry } from '../../functions/core/state/journal-entry.ts';
import type { KnownProgression, ObservedProgression } from '../../functions/core/state/progression.ts';
import type { SetAside } from '../../functions/core/state/set-aside.ts';
import { CANARY } from './observed.ts';

/** The data that is checked after all work has ended. */
export type Traces = {
  bus: { published: LearningEvent[] };
  store: {
    journal: Map<number, JournalEntry>;
    known: Map<string, KnownProgression>;
    aside: SetAside[];
    /** Everything that was written, as text. */
    written: string[];
  };
};

/**
 * Returns the promises that are broken after all work has ended, in words. Kombo must show every field by
 * then.
 *
 * @param shown what Kombo shows at the end
 */
export function brokenPromises({ bus, store }: Traces, shown: ObservedProgression[]): string[] {
  const broken: string[] = [];
  const { events, contradictions } = withoutRepeats(bus.published);
  broken.push(...contradictions);

  const aside = new Set(store.aside.filter(({ kind }) => kind === 'event').map(({ id }) => id));
  const journaled = [...store.journal.values()].flatMap((entry) => eventsOfEntry(entry, null));
  const received = new Set(events.map(({ detail }) => detail.id));
  for (const { detail } of journaled) {
    if (!received.has(detail.id) && !aside.has(detail.id))
      broken.push(`P1: ${detail.id} was never published`);
  }
  for (const record of shown) {
    const { id } = record.state;
    const known = store.known.get(id);
    if (known === undefined) broken.push(`P1: ${id} is not known`);
    else if (!isKnown(known, record)) broken.push(`P1: ${id} is known otherwise than Kombo shows it`);
    const story = events.filter(({ detail }) => detail.progression.id === id);
    broken.push(...story.flatMap(saysNothing));
    const last = story.at(-1)?.detail.progression;
    const wasRefused = [...aside].some((event) =>
      journaled.some((e) => e.detail.id === event && e.detail.progression.id === id),
    );
    if (wasRefused) continue;
    if (last !== undefined && !tells(last, record))
      broken.push(`P1: the last event of ${id} is not Kombo's state`);
    broken.push(...chainBreaks(story));
  }
  if (store.written.join().includes(CANARY)) broken.push('P7: a name or an e-mail reached the table');
  return broken;
}

/**
 * Returns whether the known state agrees with what Kombo shows. The status of a record that was removed
 * before its first read becomes known only when the record returns.
 */
function isKnown(known: KnownProgression, shown: ObservedProgression): boolean {
  if (known.erased !== shown.erased) return false;
  const isUnseen = known.unpublishedRemoval === 'first-seen';
  return isUnseen ? shown.removed || shown.erased : tells(known.state, shown);
}

/**
 * Returns the events in the order of their first arrival, and a contradiction for each repeated event that
 * differs in more than the learner's names and address.
 */
function withoutRepeats(published: LearningEvent[]): { events: LearningEvent[]; contradictions: string[] } {
  const first = new Map<string, string>();
  const events: LearningEvent[] = [];
  const contradictions: string[] = [];
  for (const event of published) {
    const { id, learner } = event.detail;
    const notified = JSON.stringify({
      ...event,
      detail: { ...event.detail, learner: [learner.id, learner.remoteId] },
    });
    const before = first.get(id);
    if (before === undefined) {
      first.set(id, notified);
      events.push(event);
    } else if (before !== notified) contradictions.push(`P3: ${id} was published with two contents`);
  }
  return { events, contradictions };
}

function chainBreaks(story: LearningEvent[]): string[] {
  return story.flatMap(({ detail }, at) => {
    const before = story[at - 1];
    if (before === undefined) return [];
    const fits =
      JSON.stringify(sorted(detail.previous)) === JSON.stringify(sorted(before.detail.progression));
    return fits ? [] : [`P2: ${detail.id} does not follow ${before.detail.id}`];
  });
}

const FACTS = ['status', 'enrolledAt', 'completedAt', 'removedAt'] as const;

/**
 * Returns how an event breaks promise P4, silence when nothing happened: it has no new value, or replaces a
 * known value by null.
 */
function saysNothing({ type, detail: { id, previous, progression } }: LearningEvent): string[] {
  if (previous === null) return [];
  const isSame = FACTS.every((field) => previous[field] === progression[field]);
  const isNewStatus = previous.status !== null && previous.status !== progression.status;
  const forgotten = FACTS.filter(
    (field) =>
      field !== 'removedAt' &&
      !(field === 'completedAt' && isNewStatus) &&
      previous[field] !== null &&
      progression[field] === null,
  );
  return [
    ...(isSame && type !== 'LearnerDataErased' ? [`P4: ${id} says nothing new`] : []),
    ...forgotten.map((field) => `P4: ${id} forgets ${field}`),
  ];
}

function sorted(state: ProgressionState | null): [string, unknown][] {
  return Object.entries(state ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Returns whether a state agrees with what Kombo shows. Dates that Kombo does not show are not compared. */
function tells(state: ProgressionState, { state: shown, erased }: ObservedProgression): boolean {
  if (erased) return shown.removedAt === null || state.removedAt !== null;
  const isCompleted = shown.status === 'COMPLETED';
  return (
    state.status === shown.status &&
    (state.removedAt === null) === (shown.removedAt === null) &&
    (!isCompleted || shown.completedAt === null || state.completedAt === shown.completedAt) &&
    (shown.enrolledAt === null || state.enrolledAt === shown.enrolledAt)
  );
}
