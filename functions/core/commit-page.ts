import type { PollMode } from '../contract/poll-mode.ts';
import type { Checkpoint, Run } from './checkpoint.ts';
import { commitEntry } from './commit-entry.ts';
import { type DecidedPage, type Decision, sumTallies } from './decide-page.ts';
import type { ObservedProgression, Page } from './observed-progression.ts';
import { afterPage, slotOf, withRun } from './run-progress.ts';
import { splitChanges } from './split-changes.ts';
import { note, stopIfExpired, type Worker } from './worker.ts';

/** Commits what a page changed and moves the cursor past it. A page without changes leaves no entry. */
export async function commitPage(
  worker: Worker,
  run: Run,
  page: Page,
  { decisions, disbelieved }: DecidedPage,
): Promise<void> {
  const { ports, integration } = worker;
  const forward = (checkpoint: Checkpoint) =>
    withRun(checkpoint, afterPage(checkpoint[slotOf(run.mode)] ?? run, page, disbelieved));

  if (page.rejected.length > 0) {
    stopIfExpired(worker);
    const at = new Date(ports.clock()).toISOString();
    await ports.store.setAside(
      integration.id,
      page.rejected.map(({ id, reason }) => ({ kind: 'record', id, reason, at })),
    );
  }
  if (decisions.length === 0) return note(worker, forward(worker.checkpoint));
  await commitDecisions(worker, run.mode, page.records, decisions, forward);
}

/**
 * Commits decisions in as many entries as they need. Only the last carries the checkpoint `forward`: after a crash
 * between them the page is read and decided again.
 */
export async function commitDecisions(
  worker: Worker,
  mode: PollMode,
  records: ObservedProgression[],
  decisions: Decision[],
  forward: (checkpoint: Checkpoint) => Checkpoint = (checkpoint) => checkpoint,
): Promise<void> {
  const detectedAt = new Date(worker.ports.clock()).toISOString();
  const details = new Map(records.map((record) => [record.state.id, record.learnerDetails]));
  const parts = splitChanges(decisions);
  for (const [at, part] of parts.entries()) {
    const entry = {
      integration: worker.integration.id,
      number: worker.checkpoint.entry + 1,
      detectedAt,
      mode,
      writer: worker.owner,
      changes: part.map(({ change }) => change),
      tally: sumTallies(part.map(({ tally }) => tally)),
    };
    await commitEntry(worker, entry, details, at === parts.length - 1 ? forward : undefined);
  }
}
