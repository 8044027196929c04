import type { DecidedPage, Decision, PageRules } from '../decide/decide-page.ts';
import { endHold, publishHeld } from '../episodes/hold.ts';
import { type WaitingCount, waitingCount } from '../episodes/waiting-count.ts';
import { commitDecisions } from '../journal/commit-entry.ts';
import { change, isSaveDue, save, stopIfExpired, type Worker } from '../journal/worker.ts';
import type { Held, Run } from '../state/checkpoint.ts';
import type { Page } from '../state/progression.ts';
import { afterPage, slotOf, withRun } from '../state/run-progress.ts';
import { decideAgainstKnown } from './process-page.ts';
import { refuseEndlessPages } from './read-pages.ts';

/** The page before which a run stops, already decided. */
export type StoppedPage = { page: Page; decided: DecidedPage };

/**
 * Counts the suspect changes from the page on where a run stops. Nothing is committed but what a person decided about before,
 * so that this waits for nobody else's changes; the run stays where it is. The count is saved now and then, and continues in
 * another call when the time is spent.
 *
 * @param stopped the first page; without it, counting continues from its cursor
 * @returns `held` when everything is counted, `more` when the time is spent or nothing waits any more
 */
export async function countSuspectChanges(
  worker: Worker,
  held: Held & { counting: Run },
  stopped: StoppedPage | null,
  pages: AsyncGenerator<Page, void, void>,
  decisionOn: PageRules['decisionOn'],
  timeLeft: () => boolean,
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
    await countPage(count, decided.decisions, store);
    run = afterPage(run, page, decided.hasUntrusted);
    if (page.next !== null && !timeLeft()) {
      change(worker, { held: await progress(run) });
      return 'more';
    }
    if (isSaveDue(worker)) await save(worker, { ...worker.checkpoint, held: await progress(run) });
  }

  const counted = await progress(null);
  change(worker, { held: counted });
  // What stopped the run went away while the rest was counted: the run continues.
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
      refuseEndlessPages(run, page.next);
      yield { page, decided: await decideAgainstKnown(worker, run, page.records, decisionOn) };
    }
  }
}

async function countPage(
  count: WaitingCount,
  decisions: Decision[],
  store: () => Promise<void>,
): Promise<void> {
  for (const decision of decisions) {
    count.add(decision);
    if (count.isFull()) await store();
  }
}

/**
 * Commits the changes of a page that a person has released or discarded. One that follows an earlier change of the same
 * record, which waits, waits with it.
 */
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
  if (committed.length > 0) await commitDecisions(worker, run, committed, detectedAt);
}

/** A hold may wait for days, longer than many cursors live: those are not the run's fault. */
function forgetRestarts(worker: Worker, { mode }: Held): void {
  const run = worker.checkpoint[slotOf(mode)];
  if (run !== null) change(worker, withRun(worker.checkpoint, { ...run, restarts: 0 }));
}
