import type { PollMode } from '../contract/poll-mode.ts';
import type { Run } from './checkpoint.ts';
import { commitPage } from './commit-page.ts';
import { decideAgainstKnown } from './decide-against-known.ts';
import { endRun } from './end-run.ts';
import { EndlessPagesError, refuseEndlessPages } from './endless-pages.ts';
import { CursorRefusedError, IntegrationError } from './errors.ts';
import { addWaiting, hold, isTooMany, NOTHING_WAITS, type Waiting } from './hold.ts';
import { readPages } from './read-pages.ts';
import {
  afterPage,
  isOver,
  isPassRead,
  nextPass,
  restartPass,
  slotOf,
  startRun,
  withRun,
} from './run-progress.ts';
import { updatedAfter } from './watermark.ts';
import { note, type Worker } from './worker.ts';

/** A run whose cursor was refused so often is not going to end by starting over. */
const MAX_RESTARTS = 5;

/** How a run was left: at its end, between two pages because the time was spent, or before a mass change. */
export type RunEnd = 'ended' | 'more' | 'held';

/**
 * Reads a run, from where it stood, pass after pass until one changes nothing.
 *
 * @param timeLeft asked after each page; when it says no, the run continues from its cursor another time
 */
export async function readRun(worker: Worker, mode: PollMode, timeLeft: () => boolean): Promise<RunEnd> {
  const slot = slotOf(mode);
  for (;;) {
    const before = worker.checkpoint[slot];
    if (before !== null && isPassRead(before))
      await note(worker, withRun(worker.checkpoint, nextPass(before)));
    try {
      const end = await readPass(worker, mode, timeLeft);
      if (end !== 'read') return end;
    } catch (error) {
      if (error instanceof EndlessPagesError) worker.checkpoint = { ...worker.checkpoint, [slot]: null };
      if (!(error instanceof CursorRefusedError)) throw error;
      restart(worker, mode, error);
      continue;
    }
    const run = worker.checkpoint[slot];
    if (run !== null && isOver(run)) {
      await endRun(worker, run);
      return 'ended';
    }
    if (!timeLeft()) return 'more';
  }
}

/** Follows each page of a pass through: read what is known, decide, append, apply, publish, move the checkpoint. */
async function readPass(
  worker: Worker,
  mode: PollMode,
  timeLeft: () => boolean,
): Promise<'read' | 'more' | 'held'> {
  const { ports, settings, integration } = worker;
  const slot = slotOf(mode);
  const begun = worker.checkpoint[slot];
  const since = begun?.updatedAfter ?? updatedAfter(mode, worker.checkpoint.watermark, settings.overlapMs);
  const request = { integration: integration.id, updatedAfter: since, cursor: begun?.cursor ?? null };
  let waiting: Waiting | null = null;
  let counted: Run | null = null;

  for await (const page of readPages(ports.kombo, request, timeLeft)) {
    const run: Run =
      counted ?? worker.checkpoint[slot] ?? startRun(mode, since, worker.checkpoint, page.servedAt);
    refuseEndlessPages(run, page.next);
    worker.checkpoint = counted === null ? withRun(worker.checkpoint, run) : worker.checkpoint;

    const decided = await decideAgainstKnown(worker, run, page.records, waiting === null);
    if (waiting === null && isTooMany(decided.decisions, worker.checkpoint, settings, ports.clock())) {
      waiting = NOTHING_WAITS;
    }
    if (waiting === null) {
      await commitPage(worker, run, page, decided);
    } else {
      waiting = addWaiting(waiting, (await decideAgainstKnown(worker, run, page.records, false)).decisions);
      counted = afterPage(run, page, false);
      await note(worker, worker.checkpoint);
    }
    if (page.next !== null && !timeLeft()) {
      if (waiting === null) return 'more';
      waiting = { ...waiting, complete: false };
      break;
    }
  }
  if (waiting === null) return 'read';
  const run = worker.checkpoint[slot];
  // A hold may wait for days, longer than many cursors live: those are not the run's fault.
  if (run !== null) worker.checkpoint = withRun(worker.checkpoint, { ...run, restarts: 0 });
  await hold(worker, mode, waiting);
  return 'held';
}

function restart(worker: Worker, mode: PollMode, error: CursorRefusedError): void {
  const run = worker.checkpoint[slotOf(mode)];
  if (run === null) throw error;
  if (run.restarts >= MAX_RESTARTS) {
    worker.checkpoint = { ...worker.checkpoint, [slotOf(mode)]: null };
    throw new IntegrationError(
      `Kombo refused the page cursor ${MAX_RESTARTS + 1} times in one run. The run is given up and begins anew; if it happens again, report it to Kombo.`,
      { cause: error },
    );
  }
  worker.checkpoint = withRun(worker.checkpoint, restartPass(run));
}
