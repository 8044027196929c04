import { type DecidedPage, type Decision, sumTallies } from '../decide/decide-page.ts';
import { splitChanges } from '../decide/split-changes.ts';
import { commitEntry } from '../journal/commit-entry.ts';
import { saveSoon, type Worker } from '../journal/worker.ts';
import type { Checkpoint, Run } from '../state/checkpoint.ts';
import type { Page } from '../state/observed-progression.ts';
import { afterPage, slotOf, withRun } from '../state/run-progress.ts';
import { removeReadable, setAsideRejected } from './set-aside-records.ts';

/** Commits what a page changed and moves the cursor past it. A page without changes leaves no entry. */
export async function commitPage(
  worker: Worker,
  run: Run,
  page: Page,
  { decisions, hasUntrusted, detectedAt }: DecidedPage,
): Promise<void> {
  const forward = (checkpoint: Checkpoint) =>
    withRun(checkpoint, afterPage(checkpoint[slotOf(run.mode)] ?? run, page, hasUntrusted));

  await setAsideRejected(worker, page.rejected);
  if (decisions.length === 0) await saveSoon(worker, forward(worker.checkpoint));
  else await commitDecisions(worker, run, decisions, detectedAt, forward);
  await removeReadable(worker, page.records);
}

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
