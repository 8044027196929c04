import type { PollMode } from '../../contract/messages.ts';
import type { PageRules } from '../decide/decide-page.ts';
import {
  countingOf,
  isCounted,
  isTooMany,
  newHold,
  publishHeld,
  readHoldDecisions,
  withoutCount,
} from '../episodes/hold.ts';
import { CursorRefusedError, IntegrationError } from '../errors.ts';
import { change, saveSoon, type Worker } from '../journal/worker.ts';
import type { Run } from '../state/checkpoint.ts';
import type { Page } from '../state/observed-progression.ts';
import {
  isOver,
  isPassRead,
  nextPass,
  restartPass,
  slotOf,
  startRun,
  withRun,
} from '../state/run-progress.ts';
import { earlierOf, updatedAfter } from '../state/watermark.ts';
import { commitPage } from './commit-page.ts';
import { countSuspectChanges, type StoppedPage } from './count-suspect-changes.ts';
import { decideAgainstKnown } from './decide-against-known.ts';
import { endRun } from './end-run.ts';
import { EndlessPagesError, refuseEndlessPages } from './endless-pages.ts';
import { readPages } from './read-pages.ts';

/** A run whose cursor was refused more often is not going to end by starting over. */
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
      await saveSoon(worker, withRun(worker.checkpoint, nextPass(before)));
    try {
      const end = await readPass(worker, mode, timeLeft);
      if (end !== 'read') return end;
    } catch (error) {
      if (error instanceof EndlessPagesError) {
        change(worker, { ...withoutCount(worker.checkpoint, slot), [slot]: null });
      }
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

/** Reads the pages of a pass: commits them up to the first with too many suspect changes, and counts these from there on. */
async function readPass(
  worker: Worker,
  mode: PollMode,
  timeLeft: () => boolean,
): Promise<'read' | 'more' | 'held'> {
  const { ports, settings, integration } = worker;
  const slot = slotOf(mode);
  const begun = worker.checkpoint[slot];
  const counting = countingOf(worker.checkpoint, slot);
  const since = begun?.updatedAfter ?? updatedAfter(mode, worker.checkpoint.watermark, settings.overlapMs);
  const decisionOn = await readHoldDecisions(worker);
  const cursor = (counting ?? begun)?.cursor ?? null;
  const startedBy = new Date(ports.clock()).toISOString();
  const request = { integration: integration.id, updatedAfter: since, cursor };
  const pages = readPages(ports.kombo, request, timeLeft);
  try {
    const { held } = worker.checkpoint;
    if (counting !== null && held !== null) {
      return await countSuspectChanges(worker, { ...held, counting }, null, pages, decisionOn, timeLeft);
    }
    const startOf = (page: Page) =>
      startRun(mode, since, worker.checkpoint, earlierOf(page.servedAt, startedBy));
    const end = await commitPages(worker, mode, startOf, pages, decisionOn, timeLeft);
    if (typeof end === 'string') return end;
    return await stopBefore(worker, mode, end, pages, decisionOn, timeLeft);
  } finally {
    await pages.return();
  }
}

/** Follows each page through: read what is known, decide, append, apply, publish, save the checkpoint. */
async function commitPages(
  worker: Worker,
  mode: PollMode,
  startOf: (page: Page) => Run,
  pages: AsyncGenerator<Page, void, void>,
  decisionOn: PageRules['decisionOn'],
  timeLeft: () => boolean,
): Promise<'read' | 'more' | StoppedPage> {
  const { ports, settings } = worker;
  for (let next = await pages.next(); !next.done; next = await pages.next()) {
    const page = next.value;
    const run = worker.checkpoint[slotOf(mode)] ?? startOf(page);
    refuseEndlessPages(run, page.next);
    change(worker, withRun(worker.checkpoint, run));

    const decided = await decideAgainstKnown(worker, run, page.records, decisionOn);
    if (isTooMany(decided.decisions, worker.checkpoint, settings, ports.clock())) return { page, decided };
    await commitPage(worker, run, page, decided);
    if (page.next !== null && !timeLeft()) return 'more';
  }
  return 'read';
}

/** Counts what waits from this page on, unless it was counted from here before. */
async function stopBefore(
  worker: Worker,
  mode: PollMode,
  stopped: StoppedPage,
  pages: AsyncGenerator<Page, void, void>,
  decisionOn: PageRules['decisionOn'],
  timeLeft: () => boolean,
): Promise<'more' | 'held'> {
  const run = worker.checkpoint[slotOf(mode)];
  const { held } = worker.checkpoint;
  if (run === null) throw new Error('a run that stops before a page has begun');
  if (held?.mode === mode && isCounted(held, run)) {
    await publishHeld(worker, held);
    return 'held';
  }
  // What is counted anew begins at zero: publish what an interrupted call may have published first.
  if (held?.notice === 'unsure') await publishHeld(worker, held);
  return countSuspectChanges(worker, newHold(worker, run), stopped, pages, decisionOn, timeLeft);
}

function restart(worker: Worker, mode: PollMode, error: CursorRefusedError): void {
  const slot = slotOf(mode);
  const run = worker.checkpoint[slot];
  if (run === null) throw error;
  change(worker, withoutCount(worker.checkpoint, slot));
  if (run.restarts >= MAX_RESTARTS) {
    change(worker, { [slot]: null });
    throw new IntegrationError(
      `Kombo refused the page cursor ${MAX_RESTARTS + 1} times in one run. The run is given up and begins anew; if it happens again, report it to Kombo.`,
      { cause: error },
    );
  }
  change(worker, withRun(worker.checkpoint, restartPass(run)));
}
