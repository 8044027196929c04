import { describeBaseline } from '../../contract/integration.ts';
import type { PollMode } from '../../contract/messages.ts';
import { envelope } from '../../contract/operational-events.ts';
import type { PageRules } from '../decide/decide-page.ts';
import {
  countingOf,
  decisionsAfter,
  endHold,
  isCounted,
  isTooMany,
  newHold,
  publishHeld,
  readHoldDecisions,
  withoutCount,
} from '../episodes/hold.ts';
import { CursorRefusedError, IntegrationError } from '../errors.ts';
import { change, save, saveSoon, type Worker } from '../journal/worker.ts';
import type { Run } from '../state/checkpoint.ts';
import type { Page } from '../state/progression.ts';
import {
  earlierOf,
  isOver,
  isPassRead,
  nextPass,
  restartPass,
  slotOf,
  startRun,
  updatedAfter,
  watermarkAfter,
  withRun,
} from '../state/run-progress.ts';
import { countSuspectChanges, type StoppedPage } from './count-suspect-changes.ts';
import { commitPage, decideAgainstKnown } from './process-page.ts';
import { EndlessPagesError, readPages, refuseEndlessPages } from './read-pages.ts';
import { countUnknownStatuses, listUnknownStatuses } from './set-aside-records.ts';

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

/** Ends a run whose passes are read: publishes what ended, and moves the watermark. */
export async function endRun(worker: Worker, run: Run): Promise<void> {
  const { ports, integration } = worker;
  const slot = slotOf(run.mode);
  const endedAt = new Date(ports.clock()).toISOString();
  await listUnknownStatuses(worker, run.unknownStatuses, run.updatedAfter === null);
  if (run.mode === 'baseline' && !run.hasUntrusted) {
    // Save before publishing, so that a retry after a crash uses the same event id.
    await save(worker, worker.checkpoint);
    // A first sync that begins again after a crash here keeps its name. Each forced baseline has a name of its own.
    const name = worker.checkpoint.watermark === null ? run.startEntry : run.startedAt;
    await ports.publisher.notify({
      type: 'IntegrationBaselined',
      detail: {
        ...envelope(integration.id, `baselined/${name}`, ports.clock),
        baseline: describeBaseline(integration.baseline),
        progressions: worker.checkpoint.known,
        watermark: run.startedAt,
      },
    });
  }
  const { held } = worker.checkpoint;
  if (held !== null && slotOf(held.mode) === slot) await endHold(worker, 'resolved');

  const { mode, startedAt, pages, records, events, missed, setAside } = run;
  const unknownStatuses = countUnknownStatuses(run);
  const last = { mode, startedAt, endedAt, pages, records, events, missed, setAside, unknownStatuses };
  const watermark = watermarkAfter(worker.checkpoint.watermark, run);
  const { newestWatermark } = worker.checkpoint;
  change(worker, {
    watermark,
    newestWatermark: (watermark ?? '') > (newestWatermark ?? '') ? watermark : newestWatermark,
    [slot]: null,
    holdDecisions: decisionsAfter(worker.checkpoint, run),
    ...(mode === 'reconcile' ? {} : { lastRun: last }),
    ...(mode === 'incremental' ? {} : { lastReconciliation: last }),
  });
}
