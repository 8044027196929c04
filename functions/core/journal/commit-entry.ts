import type { IntegrationId } from '../../contract/integration.ts';
import type { Decision } from '../decide/decide-page.ts';
import { type DetailsById, eventsOfEntry } from '../decide/events-of-entry.ts';
import { EntryTakenError, IntegrationError } from '../errors.ts';
import { grouped } from '../grouped.ts';
import type { Kombo } from '../ports.ts';
import { addToSurge, type Checkpoint, type Run } from '../state/checkpoint.ts';
import { countEvents, type JournalEntry, sumTallies } from '../state/journal-entry.ts';
import { slotOf } from '../state/run-progress.ts';
import { change, save, saveSoon, stopIfExpired, type Worker } from './worker.ts';

/** A worker that resumes can take the fence's number only once. More conflicts are an error in the store. */
const FENCE_TRIES = 5;

/** Commits decisions in as many entries as needed. The caller moves the cursor afterwards. */
export async function commitDecisions(
  worker: Worker,
  run: Pick<Run, 'mode' | 'updatedAfter'>,
  decisions: Decision[],
  detectedAt: string,
): Promise<void> {
  const details =
    worker.settings.learnerDetails === 'omit'
      ? null
      : new Map(decisions.map(({ change, learnerDetails }) => [change.state.id, learnerDetails]));
  const parts = splitChanges(decisions);
  const written = new Map<string, number>();
  for (const part of parts) {
    const entry = nextEntry(worker, run, afterEarlierParts(part, written), detectedAt);
    for (const { state } of entry.changes) written.set(state.id, entry.number);
    await commitEntry(worker, entry, details);
  }
}

/** This much JSON, before compression, is always below DynamoDB's limit of 400 KB for an item. */
const MAX_JSON_BYTES = 350_000;

/** Splits the decisions of a page into parts that are each small enough for one journal entry. */
export function splitChanges(decisions: Decision[], maxBytes = MAX_JSON_BYTES): Decision[][] {
  return grouped(decisions, { size: maxBytes }, ({ change }) => Buffer.byteLength(JSON.stringify(change)));
}

/** Sets `previousEntry` to the entry of an earlier part of the page (`written`) with the same record. */
function afterEarlierParts(part: Decision[], written: ReadonlyMap<string, number>): Decision[] {
  return part.map((decision) => {
    const { change } = decision;
    const previousEntry = written.get(change.state.id) ?? change.previousEntry;
    return { ...decision, change: { ...change, previousEntry } };
  });
}

/**
 * Recovers unfinished entries and appends an empty one, the fence. Must be called before anything is read. A
 * suspended worker of an earlier lease that resumes then finds the number of its entry taken, and stops.
 */
export async function fenceOff(worker: Worker): Promise<void> {
  const run = { mode: 'incremental' as const, updatedAfter: null };
  for (let tries = 1; ; tries += 1) {
    await recover(worker);
    try {
      const fence = nextEntry(worker, run, [], new Date(worker.ports.clock()).toISOString());
      await commitEntry(worker, fence, null);
      return await save(worker, worker.checkpoint);
    } catch (error) {
      if (!(error instanceof EntryTakenError) || tries >= FENCE_TRIES) throw error;
    }
  }
}

/** Applies and publishes the entries after the checkpoint's last one, in their order. */
async function recover(worker: Worker): Promise<void> {
  const { store } = worker.ports;
  for (;;) {
    worker.needsRecovery = true;
    const entry = await store.readEntry(worker.integration.id, worker.checkpoint.entry + 1);
    if (entry === null) return;
    await finishEntry(worker, entry, await readDetails(worker, entry));
  }
}

function nextEntry(
  { integration, checkpoint, owner }: Worker,
  { mode, updatedAfter }: Pick<Run, 'mode' | 'updatedAfter'>,
  decisions: Decision[],
  detectedAt: string,
): JournalEntry {
  return {
    integration: integration.id,
    number: checkpoint.entry + 1,
    detectedAt,
    mode,
    updatedAfter,
    writer: owner,
    changes: decisions.map(({ change }) => change),
    tally: sumTallies(decisions.map(({ tally }) => tally)),
  };
}

/** Appends an entry, so that its changes are final, and finishes it. */
async function commitEntry(worker: Worker, entry: JournalEntry, details: DetailsById | null): Promise<void> {
  stopIfExpired(worker);
  worker.needsRecovery = true;
  await worker.ports.store.appendEntry(entry);
  await finishEntry(worker, entry, details);
}

/**
 * Applies an entry (see `Store.applyEntry`: writes its states), publishes it, and counts it in the checkpoint,
 * which `saveSoon` writes after a few entries or seconds.
 */
async function finishEntry(worker: Worker, entry: JournalEntry, details: DetailsById | null): Promise<void> {
  await worker.ports.store.applyEntry(entry);
  await publishEntry(worker, entry, details);
  await saveSoon(worker, advance(worker.checkpoint, entry, worker.ports.clock()));
  worker.needsRecovery = false;
}

/** Publishes the events that the bus has not accepted yet. Sets aside those that it refuses permanently. */
async function publishEntry(worker: Worker, entry: JournalEntry, details: DetailsById | null): Promise<void> {
  const { ports, checkpoint } = worker;
  const done = new Set(checkpoint.accepted?.entry === entry.number ? checkpoint.accepted.indexes : []);
  const events = eventsOfEntry(entry, details).filter(({ detail }) => !done.has(detail.journal.index));
  if (events.length === 0) return;

  stopIfExpired(worker);
  const { accepted, refused, error } = await ports.publisher.publish(events);
  // The indexes of accepted events are saved when the lease is released after a failure, so that the next
  // attempt does not repeat these events. After a crash they are lost, and all events are published again.
  const markDone = (indexes: number[]) => {
    for (const [index, { detail }] of events.entries()) {
      if (indexes.includes(index)) done.add(detail.journal.index);
    }
    change(worker, { accepted: { entry: entry.number, indexes: [...done] } });
  };
  markDone(accepted);
  if (refused.length > 0) {
    await ports.store.setAside(
      entry.integration,
      refused.flatMap(({ index, reason }) => {
        const id = events[index]?.detail.id;
        return id === undefined ? [] : [{ kind: 'event' as const, id, reason, at: entry.detectedAt }];
      }),
    );
    markDone(refused.map(({ index }) => index));
  }
  if (error !== null) throw error;
}

/**
 * Publishes one event of the journal again, by its id.
 *
 * @returns null when the bus accepted it, otherwise why it cannot be published
 * @throws TransientError or DeploymentError when the bus neither accepted nor refused it
 */
export async function publishAgain(worker: Worker, eventId: string): Promise<string | null> {
  const { ports, integration } = worker;
  const number = /^.+\/(\d+)\/\d+$/.exec(eventId)?.[1];
  const entry = number === undefined ? null : await ports.store.readEntry(integration.id, Number(number));
  const events = entry === null ? [] : eventsOfEntry(entry, await readDetails(worker, entry));
  const event = events.find(({ detail }) => detail.id === eventId);
  if (event === undefined) return 'the journal no longer has this event';
  const { refused, error } = await ports.publisher.publish([event]);
  if (error !== null) throw error;
  return refused[0]?.reason ?? null;
}

async function readDetails({ ports, settings }: Worker, entry: JournalEntry): Promise<DetailsById | null> {
  if (settings.learnerDetails === 'omit') return null;
  const published = entry.changes.filter(({ events }) => events.length > 0).map(({ state }) => state.id);
  return readLearnerDetails(ports.kombo, entry.integration, published);
}

/**
 * Reads the present details of learners, by progression id, without learners that Kombo no longer knows.
 * Returns none if Kombo returns an error that a person must resolve for this integration (such as a removed
 * integration), because its journal must still be finished and can still be replayed.
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

/**
 * Returns the checkpoint after an entry was published. Suspect changes are counted by the entry's tally, so
 * that they also count when another worker recovers the entry after a crash.
 */
export function advance(checkpoint: Checkpoint, entry: JournalEntry, now: number): Checkpoint {
  const { changes, tally } = entry;
  const slot = slotOf(entry.mode);
  const { held, [slot]: run } = checkpoint;
  const isHeld = held !== null && slotOf(held.mode) === slot;
  return {
    ...checkpoint,
    held: isHeld ? { ...held, surge: held.surge + tally.suspect } : held,
    entry: entry.number,
    accepted: null,
    known: checkpoint.known + tally.firstSeen,
    surge: addToSurge(checkpoint.surge, tally.suspect, now),
    hasEnrolmentDates: checkpoint.hasEnrolmentDates || changes.some(({ state }) => state.enrolledAt !== null),
    [slot]: run && {
      ...run,
      passChanged: run.passChanged || changes.length > 0,
      events: run.events + countEvents(entry),
      missed: run.missed + tally.missed,
    },
  };
}
