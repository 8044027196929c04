import { envelope } from '../../contract/operational-events.ts';
import type { Decision, PageRules } from '../decide/decide-page.ts';
import { change, save, type Worker } from '../journal/worker.ts';
import type { RunSettings } from '../ports.ts';
import {
  type Checkpoint,
  type Held,
  type HoldDecision,
  type Run,
  surgeCount,
  surgeLimit,
} from '../state/checkpoint.ts';
import { slotOf } from '../state/run-progress.ts';
import { changeSet, fingerprintOf } from './change-set.ts';
import { NOTHING_WAITS } from './waiting-count.ts';

/** Whether a page has more suspect changes than may pass without a person. */
export function isTooMany(
  decisions: Decision[],
  checkpoint: Checkpoint,
  settings: RunSettings,
  now: number,
): boolean {
  const suspect = decisions.reduce((sum, { tally }) => sum + tally.suspect, 0);
  return suspect > 0 && surgeCount(checkpoint.surge, now) + suspect > limitOf(checkpoint, settings);
}

/** Whether all that waits was counted from where the run stands now: only then can a person decide about it. */
export function isCounted(held: Held, run: Run | null): boolean {
  return held.counting === null && stoppedHere(held, run);
}

/** The run to go on counting with, or null when this run is not being counted. */
export function countingOf({ held, ...checkpoint }: Checkpoint, slot: 'run' | 'reconciliation'): Run | null {
  if (held === null || slotOf(held.mode) !== slot || !stoppedHere(held, checkpoint[slot])) return null;
  return held.counting;
}

function stoppedHere({ stoppedAt }: Held, run: Run | null): boolean {
  if (stoppedAt === null || run === null) return false;
  const { startedAt, pass, cursor } = stoppedAt;
  return run.startedAt === startedAt && run.pass === pass && run.cursor === cursor;
}

/** The hold of a run that stops here for the first time, or again after it moved on: what waits is to be counted. */
export function newHold({ checkpoint, ports, settings }: Worker, run: Run): Held & { counting: Run } {
  const { startedAt, pass, cursor } = run;
  return {
    since: checkpoint.held?.since ?? new Date(ports.clock()).toISOString(),
    mode: run.mode,
    waiting: NOTHING_WAITS,
    sample: [],
    limit: limitOf(checkpoint, settings),
    stoppedAt: { startedAt, pass, cursor },
    counting: run,
    chunks: [],
    notice: checkpoint.held?.notice ?? 'none',
  };
}

/** The checkpoint without a count that cannot go on, since its run begins again. */
export function withoutCount(checkpoint: Checkpoint, slot: 'run' | 'reconciliation'): Checkpoint {
  const { held } = checkpoint;
  if (held === null || slotOf(held.mode) !== slot) return checkpoint;
  return { ...checkpoint, held: { ...held, stoppedAt: null, counting: null, chunks: [] } };
}

/** Publishes that changes are held, once per episode, whichever of the integration's runs is stopped. */
export async function publishHeld(worker: Worker, held: Held): Promise<void> {
  if (held.notice === 'published') return;
  // Save before publishing, so that a retry after a crash uses the same event id.
  await save(worker, { ...worker.checkpoint, held: { ...held, notice: 'unsure' } });
  await sendHeld(worker, held);
  change(worker, { held: { ...held, notice: 'published' } });
}

async function sendHeld({ ports, integration }: Worker, held: Held): Promise<void> {
  await ports.publisher.notify({
    type: 'ChangesHeld',
    detail: {
      ...envelope(integration.id, `held/${held.since}`, ports.clock),
      waiting: held.waiting,
      limit: held.limit,
      sample: held.sample,
    },
  });
}

/** Ends the hold and publishes how, unless it ended by itself before it was published. */
export async function endHold(worker: Worker, by: 'release' | 'discard' | 'resolved'): Promise<void> {
  const { checkpoint, ports, integration } = worker;
  const { held } = checkpoint;
  if (held === null) return;
  // Every `ChangesReleased` must follow a `ChangesHeld`. After a crash we do not know whether it was published.
  if (held.notice === 'unsure') await sendHeld(worker, held);
  if (held.notice !== 'none') {
    await ports.publisher.notify({
      type: 'ChangesReleased',
      detail: {
        ...envelope(integration.id, `released/${held.since}`, ports.clock),
        by,
        heldSince: held.since,
        waiting: held.waiting,
      },
    });
  }
  change(worker, { held: null });
}

/** What became of a person's decision: nothing is held, what waits is still being counted, or the next run carries it out. */
export type HoldDecided = { kind: 'nothing held' } | { kind: 'counting' | 'settled'; held: Held };

/**
 * Lets exactly what was counted through (`release`), or marks it so that the same change is not seen again (`discard`); the
 * next run carries it out.
 */
export async function decideHold(worker: Worker, by: 'release' | 'discard'): Promise<HoldDecided> {
  const { held } = worker.checkpoint;
  if (held === null) return { kind: 'nothing held' };
  const run = worker.checkpoint[slotOf(held.mode)];
  if (run === null || !isCounted(held, run)) return { kind: 'counting', held };
  await endHold(worker, by);
  const decision = { action: by, slot: slotOf(held.mode), chunks: held.chunks };
  change(worker, { holdDecisions: [...worker.checkpoint.holdDecisions, decision] });
  return { kind: 'settled', held };
}

/**
 * Looks up what persons decided about a change: exactly what was counted, and nothing that came instead. A change that was
 * counted in one run may be shown in the other first, so decisions apply to both. The latest decision wins.
 */
export async function readHoldDecisions({
  checkpoint,
  ports,
  integration,
}: Worker): Promise<PageRules['decisionOn']> {
  const sets: { action: HoldDecision['action']; changes: ReturnType<typeof changeSet> }[] = [];
  for (const { action, chunks } of checkpoint.holdDecisions) {
    const changes = changeSet();
    for await (const chunk of ports.store.readHeldChunks(integration.id, chunks)) {
      changes.addAll(chunk.fingerprints);
    }
    sets.push({ action, changes });
  }
  return (change) => {
    if (sets.length === 0) return null;
    const fingerprint = fingerprintOf(change);
    return sets.findLast(({ changes }) => changes.has(fingerprint))?.action ?? null;
  };
}

/**
 * What is left to carry out when a run ends: all of it where Kombo showed something that was not trusted or could not be
 * read, since that comes again.
 */
export function decisionsAfter({ holdDecisions, hasSetAside }: Checkpoint, run: Run): HoldDecision[] {
  if (run.hasUntrusted || hasSetAside) return holdDecisions;
  return holdDecisions.filter(({ slot }) => slot !== slotOf(run.mode));
}

function limitOf(checkpoint: Checkpoint, settings: RunSettings): number {
  return surgeLimit(checkpoint.known, settings.surgeShare, settings.surgeFloor);
}
