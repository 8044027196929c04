import { type DetailsById, eventsOfEntry } from '../decide/events-of-entry.ts';
import type { Checkpoint } from '../state/checkpoint.ts';
import type { JournalEntry } from '../state/journal-entry.ts';
import { advance } from './advance.ts';
import { readLearnerDetails } from './read-learner-details.ts';
import { change, save, stopIfExpired, type Worker } from './worker.ts';

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
