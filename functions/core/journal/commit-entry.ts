import type { IntegrationId } from '../../contract/integration.ts';
import type { Decision } from '../decide/decide-page.ts';
import { type DetailsById, eventsOfEntry } from '../decide/events-of-entry.ts';
import { EntryTakenError, IntegrationError } from '../errors.ts';
import type { Kombo } from '../ports.ts';
import { addToSurge, type Checkpoint, type Run } from '../state/checkpoint.ts';
import {
  countEvents,
  EMPTY_TALLY,
  type JournalEntry,
  splitChanges,
  sumTallies,
} from '../state/journal-entry.ts';
import { slotOf } from '../state/run-progress.ts';
import { change, save, stopIfExpired, type Worker } from './worker.ts';

/**
 * Commits decisions in as many entries as they need. Only the last carries the checkpoint `forward`: after a crash
 * between them the page is read and decided again.
 */
export async function commitDecisions(
  worker: Worker,
  { mode, updatedAfter }: Pick<Run, 'mode' | 'updatedAfter'>,
  decisions: Decision[],
  detectedAt: string,
  forward: (checkpoint: Checkpoint) => Checkpoint = (checkpoint) => checkpoint,
): Promise<void> {
  const details = new Map(decisions.map(({ change, learnerDetails }) => [change.state.id, learnerDetails]));
  const parts = splitChanges(decisions);
  for (const [at, part] of parts.entries()) {
    const entry = {
      integration: worker.integration.id,
      number: worker.checkpoint.entry + 1,
      detectedAt,
      mode,
      updatedAfter,
      writer: worker.owner,
      changes: part.map(({ change }) => change),
      tally: sumTallies(part.map(({ tally }) => tally)),
    };
    await commitEntry(worker, entry, details, at === parts.length - 1 ? forward : undefined);
  }
}

/**
 * Appends an entry, which makes it a fact, and finishes it: apply, publish, save the checkpoint.
 *
 * @param details of the learners in it, for a deployment that includes them
 * @param progress what else the saved checkpoint gets: the cursor
 */
export async function commitEntry(
  worker: Worker,
  entry: JournalEntry,
  details: DetailsById,
  progress: (checkpoint: Checkpoint) => Checkpoint = (checkpoint) => checkpoint,
): Promise<void> {
  stopIfExpired(worker);
  worker.needsRecovery = true;
  await worker.ports.store.appendEntry(entry);
  await finishEntry(worker, entry, details, progress);
}

/** Finishes the entry after the last one that the checkpoint counts, if there is one. */
export async function recover(worker: Worker): Promise<void> {
  const { store } = worker.ports;
  worker.needsRecovery = true;
  const entry = await store.readEntry(worker.integration.id, worker.checkpoint.entry + 1);
  if (entry !== null) await finishEntry(worker, entry, await readDetails(worker, entry));
  worker.needsRecovery = false;
}

/** A frozen worker can slip in one entry before it notices; more would be a fault of the store. */
const FENCE_TRIES = 5;

/**
 * Recovers, then appends an empty entry, before anything is read: a frozen worker that wakes with an older view finds
 * its number taken and stops.
 */
export async function fenceOff(worker: Worker): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await recover(worker);
    try {
      return await commitEntry(
        worker,
        {
          integration: worker.integration.id,
          number: worker.checkpoint.entry + 1,
          detectedAt: new Date(worker.ports.clock()).toISOString(),
          mode: 'incremental',
          updatedAfter: null,
          writer: worker.owner,
          changes: [],
          tally: EMPTY_TALLY,
        },
        new Map(),
      );
    } catch (error) {
      if (!(error instanceof EntryTakenError) || tries >= FENCE_TRIES) throw error;
    }
  }
}

async function finishEntry(
  worker: Worker,
  entry: JournalEntry,
  details: DetailsById,
  progress: (checkpoint: Checkpoint) => Checkpoint = (checkpoint) => checkpoint,
): Promise<void> {
  await worker.ports.store.applyEntry(entry);
  await publishEntry(worker, entry, details);
  await save(worker, progress(advance(worker.checkpoint, entry, worker.ports.clock())));
  worker.needsRecovery = false;
}

async function publishEntry(worker: Worker, entry: JournalEntry, details: DetailsById): Promise<void> {
  const { ports, settings } = worker;
  const { accepted } = worker.checkpoint;
  const done = new Set(accepted?.entry === entry.number ? accepted.indexes : []);
  const events = eventsOfEntry(entry, settings.learnerDetails === 'include' ? details : null).filter(
    ({ detail }) => !done.has(detail.journal.index),
  );
  if (events.length === 0) return;

  stopIfExpired(worker);
  const answer = await ports.publisher.publish(events);
  // Saved when the lease is released after a failure, so that the next try does not repeat what the bus accepted.
  const settle = (places: number[]) => {
    for (const [place, { detail }] of events.entries())
      if (places.includes(place)) done.add(detail.journal.index);
    change(worker, { accepted: { entry: entry.number, indexes: [...done] } });
  };
  settle(answer.accepted);
  if (answer.refused.length > 0) {
    await ports.store.setAside(
      entry.integration,
      answer.refused.flatMap(({ index, reason }) => {
        const id = events[index]?.detail.id;
        return id === undefined ? [] : [{ kind: 'event' as const, id, reason, at: entry.detectedAt }];
      }),
    );
    settle(answer.refused.map(({ index }) => index));
  }
  if (answer.error !== null) throw answer.error;
}

/** Today's details of the learners whose events an entry publishes, where the deployment includes them. */
async function readDetails({ ports, settings }: Worker, entry: JournalEntry): Promise<DetailsById> {
  if (settings.learnerDetails === 'omit') return new Map();
  const published = entry.changes.filter(({ events }) => events.length > 0);
  return readLearnerDetails(
    ports.kombo,
    entry.integration,
    published.map(({ state }) => state.id),
  );
}

/**
 * Publishes one event of the journal again, by its id.
 *
 * @returns null when the bus accepted it, otherwise why it did not, or why there is no such event
 */
export async function publishAgain(worker: Worker, eventId: string): Promise<string | null> {
  const { ports, settings, integration } = worker;
  const place = /^(.+)\/(\d+)\/(\d+)$/.exec(eventId);
  const entry = place === null ? null : await ports.store.readEntry(integration.id, Number(place[2]));
  if (entry === null) return 'the journal no longer has this event';
  const details = await readDetails(worker, entry);
  const event = eventsOfEntry(entry, settings.learnerDetails === 'include' ? details : null).find(
    ({ detail }) => detail.id === eventId,
  );
  if (event === undefined) return 'the journal no longer has this event';
  const { refused, error } = await ports.publisher.publish([event]);
  if (error !== null) throw error;
  return refused[0]?.reason ?? null;
}

/**
 * The checkpoint after an entry was applied and published. What counts towards a hold is taken from the entry itself, so
 * that a crash does not forget it: recovery comes through here too.
 *
 * @param now the machine's clock, in milliseconds
 */
export function advance(checkpoint: Checkpoint, entry: JournalEntry, now: number): Checkpoint {
  const slot = slotOf(entry.mode);
  return {
    ...checkpoint,
    entry: entry.number,
    accepted: null,
    known: checkpoint.known + entry.tally.firstSeen,
    surge: addToSurge(checkpoint.surge, entry.tally.suspect, now),
    hasEnrolmentDates:
      checkpoint.hasEnrolmentDates || entry.changes.some(({ state }) => state.enrolledAt !== null),
    [slot]: withEntry(checkpoint[slot], entry),
  };
}

function withEntry(run: Run | null, entry: JournalEntry): Run | null {
  if (run === null) return null;
  return {
    ...run,
    passChanged: run.passChanged || entry.changes.length > 0,
    events: run.events + countEvents(entry),
    missed: run.missed + entry.tally.missed,
  };
}

/**
 * Today's details of the learners of some progressions, by progression id. Those whom Kombo no longer knows are absent,
 * all of them when it no longer knows the integration: its journal must still be finished, and can still be replayed.
 *
 * @throws TransientError, WaitingError, AccessRefusedError or DeploymentError: the details can be read later
 */
export async function readLearnerDetails(
  kombo: Pick<Kombo, 'readByIds'>,
  integration: IntegrationId,
  progressions: string[],
): Promise<DetailsById> {
  if (progressions.length === 0) return new Map();
  try {
    const { records } = await kombo.readByIds(integration, progressions);
    return new Map(records.map(({ state, learnerDetails }) => [state.id, learnerDetails]));
  } catch (error) {
    if (error instanceof IntegrationError) return new Map();
    throw error;
  }
}
