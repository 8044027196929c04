import { describeBaseline } from '../../contract/integration.ts';
import type { PollMode } from '../../contract/messages.ts';
import { envelope } from '../../contract/operational-events.ts';
import {
  countingOf,
  decisionsAfter,
  endHold,
  isCounted,
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
  FIRST_POSITION,
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
import { commitPages, type Pass, type StoppedPage } from './commit-pages.ts';
import { countSuspectChanges } from './count-suspect-changes.ts';
import { isFirstSyncWhole } from './pass-proof.ts';
import { EndlessPagesError, readPages } from './read-pages.ts';
import { listUnknownStatuses } from './set-aside-records.ts';

/** How often a run may start its pass over because Kombo refused the cursor. */
const MAX_RESTARTS = 5;

/** `more`: the time was spent before the run ended. `held`: too many suspect changes wait for a person. */
export type RunEnd = 'ended' | 'more' | 'held';

/** Reads a run from its cursor on, in as many passes as it needs (see `isOver`). */
export async function readRun(worker: Worker, mode: PollMode, timeLeft: () => boolean): Promise<RunEnd> {
  // The field of the checkpoint with this run: `reconciliation` or `run`.
  const slot = slotOf(mode);
  for (;;) {
    const before = worker.checkpoint[slot];
    if (before !== null && isPassRead(before)) {
      await saveSoon(worker, withRun(worker.checkpoint, nextPass(before)));
    }
    let isProven = false;
    try {
      const end = await readPass(worker, mode, timeLeft);
      if (end !== 'read' && end !== 'proven') return end;
      isProven = end === 'proven';
    } catch (error) {
      if (error instanceof EndlessPagesError) {
        change(worker, { ...withoutCount(worker.checkpoint, slot), [slot]: null });
      }
      if (!(error instanceof CursorRefusedError)) throw error;
      restart(worker, mode, error);
      continue;
    }
    const run = worker.checkpoint[slot];
    if (run !== null && (isProven || isFirstSyncWhole(run, worker.checkpoint) || isOver(run))) {
      await endRun(worker, run);
      return 'ended';
    }
    if (!timeLeft()) return 'more';
  }
}

/** Commits pages. From a page with too many suspect changes on, counts these, or continues the count. */
async function readPass(
  worker: Worker,
  mode: PollMode,
  timeLeft: () => boolean,
): Promise<'read' | 'proven' | 'more' | 'held'> {
  const { ports, settings, integration } = worker;
  const slot = slotOf(mode);
  const begun = worker.checkpoint[slot];
  const since = begun?.updatedAfter ?? updatedAfter(mode, worker.checkpoint.watermark, settings.overlapMs);
  // Without a hold, `counting` is null. Without a person's decisions, nothing is read.
  const counting = countingOf(worker.checkpoint, slot);
  const decisionOn = await readHoldDecisions(worker);
  const startedBy = new Date(ports.clock()).toISOString();
  const request = { integration: integration.id, updatedAfter: since };
  const start = counting ?? begun ?? FIRST_POSITION;
  const pages = readPages(ports.kombo, request, { start, mayFetchAhead: timeLeft });
  const pass: Pass = { mode, pages, decisionOn, timeLeft };
  try {
    const { held } = worker.checkpoint;
    if (counting !== null && held !== null) {
      return await countSuspectChanges(worker, { ...held, counting }, null, pass);
    }
    const startOf = (page: Page) =>
      startRun(mode, since, worker.checkpoint, earlierOf(page.servedAt, startedBy));
    const end = await commitPages(worker, pass, startOf);
    return typeof end === 'string' ? end : await stopBefore(worker, end, pass);
  } finally {
    await pages.return();
  }
}

/** Counts the suspect changes from the stopped page on, unless this count is already complete. */
async function stopBefore(worker: Worker, stopped: StoppedPage, pass: Pass): Promise<'more' | 'held'> {
  const { held, [slotOf(pass.mode)]: run } = worker.checkpoint;
  if (run === null) throw new Error('no run is in progress');
  if (held?.mode === pass.mode && isCounted(held, run)) {
    await publishHeld(worker, held);
    return 'held';
  }
  // An interrupted call may have published `ChangesHeld` with the previous count. Before the next count
  // replaces the previous count, the event is published once more with the previous count.
  if (held?.notice === 'unsure') await publishHeld(worker, held);
  return countSuspectChanges(worker, newHold(worker, run), stopped, pass);
}

/** Starts the pass over after a refused cursor, or throws an IntegrationError after too many restarts. */
function restart(worker: Worker, mode: PollMode, error: CursorRefusedError): void {
  const slot = slotOf(mode);
  const run = worker.checkpoint[slot];
  if (run === null) throw error;
  change(worker, withoutCount(worker.checkpoint, slot));
  if (run.restarts >= MAX_RESTARTS) {
    change(worker, { [slot]: null });
    throw new IntegrationError(
      `Kombo refused the page cursor ${MAX_RESTARTS + 1} times in one run. The run was stopped and starts over with the next poll. If this happens again, report it to Kombo.`,
      { cause: error },
    );
  }
  change(worker, withRun(worker.checkpoint, restartPass(run)));
}

/** Ends a run after its last page. Publishes the end of a baseline or of a hold, and sets the watermark. */
async function endRun(worker: Worker, run: Run): Promise<void> {
  const { ports, integration } = worker;
  const slot = slotOf(run.mode);
  const endedAt = new Date(ports.clock()).toISOString();
  // An incremental run without unknown statuses reads and writes no list.
  await listUnknownStatuses(worker, run.unknownStatuses, run.updatedAfter === null);
  if (run.mode === 'baseline' && !run.hasUntrusted) {
    // Save before publishing, so that a retry after a crash uses the same event id.
    await save(worker, worker.checkpoint);
    // If a crash happens here, the first sync may start over, and uses the same event id. The first sync of
    // an integration that is added again, and each forced baseline, have a different id.
    const name = worker.checkpoint.watermark === null ? integration.addedAt : run.startedAt;
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
  const unknownStatuses = run.unknownStatuses.reduce((sum, { count }) => sum + count, 0);
  const last = { mode, startedAt, endedAt, pages, records, events, missed, setAside, unknownStatuses };
  // The start of the run, unless it was a reconciliation or a record was not trusted.
  const watermark = watermarkAfter(worker.checkpoint.watermark, run);
  const { newestWatermark } = worker.checkpoint;
  change(worker, {
    watermark,
    newestWatermark: (watermark ?? '') > (newestWatermark ?? '') ? watermark : newestWatermark,
    [slot]: null,
    // Without a person's decisions, nothing is read, and the list stays empty.
    holdDecisions: await decisionsAfter(worker, run),
    ...(mode === 'reconcile' ? {} : { lastRun: last }),
    ...(mode === 'incremental' ? {} : { lastReconciliation: last }),
  });
}
