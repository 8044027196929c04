import type { IntegrationId } from '../../contract/integration.ts';
import type { LearningEvent } from '../../contract/learning-events.ts';
import { eventsOfEntry, type JournalledEvent } from '../decide/events-of-entry.ts';
import type { Ports, Store } from '../ports.ts';
import type { JournalEntry } from '../state/journal-entry.ts';
import { komboSteps } from './replay-from-kombo.ts';
import type { ReplayPlan, ReplayPosition } from './replay-record.ts';
import { isWanted, isWithin, type Selection } from './selection.ts';

/** A selected event with the position after it. A step without an event only saves the position. */
export type ReplayStep = {
  event: LearningEvent | null;
  next: ReplayPosition;
  /** Present if the replay begins again at its first event and sends all events again. */
  fromBeginning?: true;
};

/**
 * Yields the selected events, from the position of a replay on. Events of one progression are in order.
 *
 * @param detectedAt the `detectedAt` of events that are derived from Kombo
 */
export function replaySteps(
  ports: Pick<Ports, 'store' | 'kombo'>,
  plan: Pick<ReplayPlan, 'integration' | 'range' | 'filter' | 'position'>,
  detectedAt: string,
): AsyncIterable<ReplayStep> {
  const { integration, range, filter, position } = plan;
  switch (position.source) {
    case 'journal':
      return journalSteps(ports.store, integration, { range, filter }, position);
    case 'kombo':
      return komboSteps(ports.kombo, integration, { range, filter }, position, detectedAt);
  }
}

type JournalReplayPosition = ReplayPosition & { source: 'journal' };

/** After about this many entries without a selected event, a step without an event saves the position. */
const POSITION_EVERY = 100;

/** Returns the selected events of an entry, in their order, without learner details. */
export function selectedEvents(entry: JournalEntry, { range, filter }: Selection): JournalledEvent[] {
  if (!isWithin(range, entry.detectedAt)) return [];
  return eventsOfEntry(entry, null).filter((event) => isWanted(filter, event));
}

/** Yields the steps of a replay from the journal. Skips entries that retention has removed. */
async function* journalSteps(
  store: Pick<Store, 'readEntries'>,
  integration: IntegrationId,
  selection: Selection,
  position: JournalReplayPosition,
): AsyncGenerator<{ event: JournalledEvent | null; next: JournalReplayPosition }, void, void> {
  let without = 0;
  for await (const entry of store.readEntries(integration, position.entry, position.last)) {
    const settled = entry.number === position.entry ? position.index : 0;
    const events = selectedEvents(entry, selection).filter(({ detail }) => detail.journal.index >= settled);
    for (const event of events) {
      yield { event, next: { ...position, entry: entry.number, index: event.detail.journal.index + 1 } };
    }
    without = events.length > 0 ? 0 : without + 1;
    if (without % POSITION_EVERY === POSITION_EVERY - 1) {
      yield { event: null, next: { ...position, entry: entry.number + 1, index: 0 } };
    }
  }
}
