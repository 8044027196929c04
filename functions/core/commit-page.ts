import type { Checkpoint, Run } from './checkpoint.ts';
import { commitEntry } from './commit-entry.ts';
import { type DecidedPage, sumTallies } from './decide-page.ts';
import type { Page } from './observed-progression.ts';
import { afterPage, slotOf, withRun } from './run-progress.ts';
import { splitChanges } from './split-changes.ts';
import { note, type Worker } from './worker.ts';

/**
 * Commits what a page changed and moves the cursor past it. A page without changes leaves no entry. When a page needs
 * several entries, only the last carries the cursor: after a crash between them the page is read and decided again.
 */
export async function commitPage(
  worker: Worker,
  run: Run,
  page: Page,
  { decisions, disbelieved }: DecidedPage,
): Promise<void> {
  const { ports, integration, owner } = worker;
  const detectedAt = new Date(ports.clock()).toISOString();
  const forward = (checkpoint: Checkpoint) =>
    withRun(checkpoint, afterPage(checkpoint[slotOf(run.mode)] ?? run, page, disbelieved));

  if (page.rejected.length > 0) {
    await ports.store.setAside(
      integration.id,
      page.rejected.map(({ id, reason }) => ({ kind: 'record', id, reason, at: detectedAt })),
    );
  }
  if (decisions.length === 0) return note(worker, forward(worker.checkpoint));

  const details = new Map(page.records.map((record) => [record.state.id, record.learnerDetails]));
  const parts = splitChanges(decisions);
  for (const [at, part] of parts.entries()) {
    const entry = {
      integration: integration.id,
      number: worker.checkpoint.entry + 1,
      detectedAt,
      mode: run.mode,
      writer: owner,
      changes: part.map(({ change }) => change),
      tally: sumTallies(part.map(({ tally }) => tally)),
    };
    await commitEntry(worker, entry, details, at === parts.length - 1 ? forward : undefined);
  }
}
