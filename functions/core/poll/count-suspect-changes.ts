import type { DecidedPage } from '../decide/decide-page.ts';
import { endHold, publishHeld } from '../episodes/hold.ts';
import { waitingCount } from '../episodes/waiting-count.ts';
import { commitDecisions } from '../journal/commit-entry.ts';
import { change, isSaveDue, save, stopIfExpired, type Worker } from '../journal/worker.ts';
import type { Held, Run } from '../state/checkpoint.ts';
import { afterPage, slotOf, withRun } from '../state/run-progress.ts';
import { decideAgainstKnown, type Pass, type StoppedPage } from './commit-pages.ts';

/**
 * Counts the suspect changes from the page on at which a run stops. The run does not move past this page.
 * Only changes that a person has already released or discarded are committed.
 *
 * @param stopped the first page; null to continue from the cursor of the count
 * @returns `held` when all are counted; `more` when the time is spent, or when no change waits any more
 */
export async function countSuspectChanges(
  worker: Worker,
  held: Held & { counting: Run },
  stopped: StoppedPage | null,
  { pages, decisionOn, timeLeft }: Pass,
): Promise<'held' | 'more'> {
  const { ports, integration } = worker;
  const count = await waitingCount(held, ports.store.readHeldChunks(integration.id, held.chunks));
  const chunks = [...held.chunks];
  let run = held.counting;
  change(worker, { held });

  const store = async () => {
    const chunk = count.take();
    if (chunk === null) return;
    stopIfExpired(worker);
    const at = new Date(ports.clock()).toISOString();
    chunks.push(await ports.store.writeHeldChunk(integration.id, chunk, at));
  };
  const progress = async (counting: Run | null): Promise<Held> => {
    await store();
    return { ...held, ...count.read(), counting, chunks: [...chunks] };
  };

  for await (const { page, decided } of decidedPages()) {
    await commitWhatWasDecided(worker, run, decided);
    for (const decision of decided.decisions) {
      count.add(decision);
      if (count.isFull()) await store();
    }
    run = afterPage(run, page, decided.hasUntrusted);
    if (page.next !== null && !timeLeft()) {
      change(worker, { held: await progress(run) });
      return 'more';
    }
    if (isSaveDue(worker)) await save(worker, { ...worker.checkpoint, held: await progress(run) });
  }

  const counted = await progress(null);
  change(worker, { held: counted });
  // Kombo no longer shows the changes that stopped the run, so the run continues.
  if (counted.waiting.total === 0) {
    await endHold(worker, 'resolved');
    return 'more';
  }
  forgetRestarts(worker, counted);
  await publishHeld(worker, counted);
  return 'held';

  async function* decidedPages(): AsyncGenerator<StoppedPage> {
    if (stopped !== null) yield stopped;
    if (stopped?.page.next === null) return;
    for await (const page of pages) {
      yield { page, decided: await decideAgainstKnown(worker, run, page.records, decisionOn) };
    }
  }
}

/** Commits what a person has decided. A change that follows a waiting change of its record also waits. */
async function commitWhatWasDecided(
  worker: Worker,
  run: Run,
  { decisions, detectedAt }: DecidedPage,
): Promise<void> {
  const waiting = new Set<string>();
  const committed = decisions.filter(({ change, tally }) => {
    const isFree = tally.decided > 0 && !waiting.has(change.state.id);
    if (!isFree) waiting.add(change.state.id);
    return isFree;
  });
  await commitDecisions(worker, run, committed, detectedAt);
}

/** A hold can last longer than a cursor is valid, so an expired cursor must not count as a restart. */
function forgetRestarts(worker: Worker, { mode }: Held): void {
  const run = worker.checkpoint[slotOf(mode)];
  if (run !== null) change(worker, withRun(worker.checkpoint, { ...run, restarts: 0 }));
}
