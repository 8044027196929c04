import type { IntegrationId } from '../../contract/integration.ts';
import { eventsOfEntry, type JournalledEvent } from '../decide/events-of-entry.ts';
import type { Store } from '../ports.ts';
import { findEntries } from './journal-range.ts';
import { selectedEvents } from './replay-steps.ts';
import { isWanted, isWithin, type Selection } from './selection.ts';

type ReadStore = Pick<Store, 'readCheckpoint' | 'readEntry' | 'readEntries' | 'readKnown'>;

/** The start of a range that includes all events. */
export const BEGINNING = new Date(0).toISOString();

export type EventOrder = 'earliest-first' | 'latest-first';

/**
 * Yields the selected events of some entries. Reads only the entries of the selection's range.
 *
 * @param entries the numbers of the first and the last entry, which is at most the result of `lastEntry`
 */
export async function* readEvents(
  store: ReadStore,
  integration: IntegrationId,
  selection: Selection,
  entries: { first: number; last: number },
  order: EventOrder,
): AsyncGenerator<JournalledEvent, void, void> {
  const { range } = selection;
  const readEntry = (number: number) => store.readEntry(integration, number);
  const isWhole = range.from === BEGINNING && range.to === null;
  const { first, last } = isWhole ? entries : await findEntries(readEntry, entries, range);
  const isReverse = order === 'latest-first';
  const read = store.readEntries(integration, first, last, isReverse ? order : undefined);
  for await (const entry of read) {
    const events = selectedEvents(entry, selection);
    yield* isReverse ? events.toReversed() : events;
  }
}

/**
 * Yields the selected events of some progressions, the latest first. Reads only the entries that changed
 * them: the known state has the number of the last such entry, and each change has the number of the entry
 * before it.
 *
 * @param progressions Kombo's ids; unknown ones have no events
 * @param last the number of the last entry to select; at most the result of `lastEntry`
 */
export async function* readEventsOf(
  store: ReadStore,
  integration: IntegrationId,
  progressions: string[],
  { range, filter }: Selection,
  last: number,
): AsyncGenerator<JournalledEvent, void, void> {
  const known = await store.readKnown(integration, progressions);
  /** The progressions that an entry changed, by the number of the entry. */
  const unread = new Map<number, Set<string>>();
  const readLater = (number: number, id: string) => {
    unread.set(number, (unread.get(number) ?? new Set()).add(id));
  };
  for (const { state, entry } of known.values()) readLater(entry, state.id);

  while (unread.size > 0) {
    const number = Math.max(...unread.keys());
    const ids = unread.get(number) ?? new Set();
    unread.delete(number);
    const entry = await store.readEntry(integration, number);
    // Retention has removed this entry, so the entries before it can no longer be found.
    if (entry === null) continue;
    for (const { state, previousEntry } of entry.changes) {
      if (!ids.has(state.id)) continue;
      // If the entry changed the progression twice, the second change has the number of this entry.
      if (previousEntry !== null && previousEntry < number) readLater(previousEntry, state.id);
    }
    if (number > last || !isWithin(range, entry.detectedAt)) continue;
    const events = eventsOfEntry(entry, null).filter(({ detail }) => ids.has(detail.progression.id));
    yield* events.filter((event) => isWanted(filter, event)).toReversed();
  }
}

/** Returns the number of the last entry whose events were published or set aside; 0 without one. */
export async function lastEntry(
  store: Pick<Store, 'readCheckpoint'>,
  integration: IntegrationId,
): Promise<number> {
  return (await store.readCheckpoint(integration))?.checkpoint.entry ?? 0;
}
