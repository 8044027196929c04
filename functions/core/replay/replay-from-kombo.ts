import type { IntegrationId } from '../../contract/integration.ts';
import type { LearningEvent } from '../../contract/learning-events.ts';
import { deriveEvents } from '../decide/derive-from-record.ts';
import { CursorRefusedError, IntegrationError } from '../errors.ts';
import { readPages } from '../poll/read-pages.ts';
import type { Kombo } from '../ports.ts';
import type { ObservedProgression, Page } from '../state/progression.ts';
import { FIRST_POSITION } from '../state/run-progress.ts';
import type { ReplayPosition } from './replay-record.ts';
import { isWanted, isWithin, type Selection } from './selection.ts';

type KomboReplayPosition = ReplayPosition & { source: 'kombo' };
type KomboStep = { event: LearningEvent | null; next: KomboReplayPosition; fromBeginning?: true };

const MAX_RESTARTS = 5;

/** Returns the first position of a replay. An empty list of learners means all. */
export function komboStart(users: string[]): KomboReplayPosition {
  return { source: 'kombo', users, cursor: null, after: null, settled: [] };
}

/** Returns the selected events of a record, in order. The range applies to `occurredAt`. */
function selectedFromRecord(
  integration: IntegrationId,
  record: ObservedProgression,
  { range, filter }: Selection,
  detectedAt: string,
): LearningEvent[] {
  return deriveEvents(integration, record, detectedAt).filter(
    (event) => isWithin(range, event.detail.occurredAt) && isWanted(filter, event),
  );
}

/**
 * Yields the steps of a replay from Kombo's records. An unfinished page is read again, from its last finished
 * record on. When Kombo refuses the cursor, everything is read and sent again from the beginning.
 *
 * @throws IntegrationError when the pages do not end, or when Kombo refuses a cursor after five restarts
 */
export async function* komboSteps(
  kombo: Kombo,
  integration: IntegrationId,
  selection: Selection,
  position: KomboReplayPosition,
  detectedAt: string,
): AsyncGenerator<KomboStep, void, void> {
  let start = position;
  for (let restarts = 0; ; restarts += 1) {
    try {
      return yield* pagesSteps(kombo, integration, selection, start, detectedAt);
    } catch (error) {
      if (!(error instanceof CursorRefusedError)) throw error;
      if (restarts >= MAX_RESTARTS) {
        throw new IntegrationError(
          `Kombo refused the page cursor ${restarts + 1} times in one replay. Report this to Kombo.`,
          { cause: error },
        );
      }
      start = komboStart(position.users);
      yield { event: null, next: start, fromBeginning: true };
    }
  }
}

async function* pagesSteps(
  kombo: Kombo,
  integration: IntegrationId,
  selection: Selection,
  start: KomboReplayPosition,
  detectedAt: string,
): AsyncGenerator<KomboStep, void, void> {
  const { users, cursor } = start;
  // All records are read: `updated_after` would miss records that were entered long before their date, such
  // as scheduled enrolments or dates in local time.
  const request = { integration, updatedAfter: null, users };
  let position = start;
  for await (const page of readPages(kombo, request, { start: { ...FIRST_POSITION, cursor } })) {
    for (const record of recordsAfter(position.after, page)) {
      const { settled } = position;
      const events = selectedFromRecord(integration, record, selection, detectedAt).filter(
        ({ detail }) => !settled.includes(detail.id),
      );
      for (const event of events) {
        position = { ...position, settled: [...position.settled, event.detail.id] };
        yield { event, next: position };
      }
      position = { ...position, after: record.state.id, settled: [] };
    }
    if (page.next === null) return;
    position = { ...position, cursor: page.next, after: null, settled: [] };
    yield { event: null, next: position };
  }
}

/** Returns the records after this id, in the order of their ids. Of a repeated record, the last counts. */
function recordsAfter(after: string | null, { records }: Page): ObservedProgression[] {
  return [...new Map(records.map((record) => [record.state.id, record])).values()]
    .filter(({ state }) => after === null || state.id > after)
    .toSorted((a, b) => (a.state.id < b.state.id ? -1 : 1));
}
