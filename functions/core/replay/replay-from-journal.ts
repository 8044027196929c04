import type { IntegrationId } from '../../contract/integration.ts';
import { eventsOfEntry, type JournalledEvent } from '../decide/events-of-entry.ts';
import type { Store } from '../ports.ts';
import type { JournalEntry } from '../state/journal-entry.ts';
import { type EventFilter, isWanted } from './event-filter.ts';
import type { ReplayPosition } from './replay-record.ts';
import { isWithin, type TimeRange } from './time-range.ts';

/** Which events of the journal, or of Kombo's records, a replay is about. */
export type Selection = { range: TimeRange; filter: EventFilter };

type JournalReplayPlace = ReplayPosition & { source: 'journal' };

/** After this many entries without a selected event, the position is returned all the same. */
const TELL_EVERY = 100;

/** The selected events of an entry, in their order, without learner details. */
export function selectedEvents(entry: JournalEntry, { range, filter }: Selection): JournalledEvent[] {
  if (!isWithin(range, entry.detectedAt)) return [];
  return eventsOfEntry(entry, null).filter((event) => isWanted(filter, event));
}

/** The journal's part of `replaySteps`. Entries that retention has removed are passed over. */
export async function* journalSteps(
  store: Pick<Store, 'readEntries'>,
  integration: IntegrationId,
  selection: Selection,
  place: JournalReplayPlace,
): AsyncGenerator<{ event: JournalledEvent | null; next: JournalReplayPlace }, void, void> {
  let without = 0;
  for await (const entry of store.readEntries(integration, place.entry, place.last)) {
    const settled = entry.number === place.entry ? place.index : 0;
    const events = selectedEvents(entry, selection).filter(({ detail }) => detail.journal.index >= settled);
    for (const event of events) {
      yield { event, next: { ...place, entry: entry.number, index: event.detail.journal.index + 1 } };
    }
    without = events.length > 0 ? 0 : without + 1;
    if (without % TELL_EVERY === TELL_EVERY - 1) {
      yield { event: null, next: { ...place, entry: entry.number + 1, index: 0 } };
    }
  }
}
