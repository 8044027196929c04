import type { PollMode } from '../../contract/messages.ts';
import { envelope } from '../../contract/operational-events.ts';
import type { Decision, PageRules } from '../decide/decide-page.ts';
import { change, save, type Worker } from '../journal/worker.ts';
import type { RunSettings } from '../ports.ts';
import {
  addToSurge,
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

/** Returns whether a page exceeds the limit of suspect changes that need no person's decision. */
export function exceedsLimit(
  decisions: Decision[],
  mode: PollMode,
  checkpoint: Checkpoint,
  settings: RunSettings,
  now: number,
): boolean {
  const suspect = decisions.reduce((sum, { tally }) => sum + tally.suspect, 0);
  return suspect > 0 && publishedBefore(checkpoint, mode, now) + suspect > limitOf(checkpoint, settings);
}

/**
 * Returns the number of published suspect changes that count towards the limit of a run: those of the last 24
 * hours, or those since 24 hours before its hold, if these are more.
 */
function publishedBefore(checkpoint: Checkpoint, mode: PollMode, now: number): number {
  const { held, surge, [slotOf(mode)]: run } = checkpoint;
  const recent = surgeCount(surge, now);
  if (held === null || slotOf(held.mode) !== slotOf(mode)) return recent;
  const { stoppedAt } = held;
  // The later pages of the stopped pass have waiting changes too, also if its first page has none any more.
  const isStopped =
    stoppedAt === null || (run?.startedAt === stoppedAt.startedAt && run.pass === stoppedAt.pass);
  return isStopped ? Math.max(recent, held.surge) : recent;
}

/** Returns whether all changes from the run's position on were counted, so that a person can decide. */
export function isCounted(held: Held, run: Run | null): boolean {
  return held.counting === null && stoppedHere(held, run);
}

/** Returns the run at the next page to count, or null if no count is valid for the run's position. */
export function countingOf({ held, ...checkpoint }: Checkpoint, slot: 'run' | 'reconciliation'): Run | null {
  if (held === null || slotOf(held.mode) !== slot || !stoppedHere(held, checkpoint[slot])) return null;
  return held.counting;
}

function stoppedHere({ stoppedAt }: Held, run: Run | null): boolean {
  if (stoppedAt === null || run === null) return false;
  const { startedAt, pass, cursor } = stoppedAt;
  return run.startedAt === startedAt && run.pass === pass && run.cursor === cursor;
}

/** Creates the hold of a run that stops at its current page. An earlier hold keeps `since` and `notice`. */
export function newHold({ checkpoint, ports, settings }: Worker, run: Run): Held & { counting: Run } {
  const { startedAt, pass, cursor } = run;
  return {
    since: checkpoint.held?.since ?? new Date(ports.clock()).toISOString(),
    mode: run.mode,
    waiting: NOTHING_WAITS,
    sample: [],
    limit: limitOf(checkpoint, settings),
    surge: Math.max(surgeCount(checkpoint.surge, ports.clock()), checkpoint.held?.surge ?? 0),
    stoppedAt: { startedAt, pass, cursor },
    counting: run,
    chunks: [],
    notice: checkpoint.held?.notice ?? 'none',
  };
}

/** Returns the checkpoint without the count of this run, which must be repeated when the run starts again. */
export function withoutCount(checkpoint: Checkpoint, slot: 'run' | 'reconciliation'): Checkpoint {
  const { held } = checkpoint;
  if (held === null || slotOf(held.mode) !== slot) return checkpoint;
  return { ...checkpoint, held: { ...held, stoppedAt: null, counting: null, chunks: [] } };
}

/** Publishes that changes are held: once per episode, even if both kinds of runs hold changes. */
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

/**
 * Ends the hold, if there is one. Publishes its end, unless its beginning was never published. If changes may
 * still wait (those that a person's decision does not cover, or those of a reconciliation), the limit of a
 * long hold is not free again at once.
 */
export async function endHold(worker: Worker, by: 'release' | 'discard' | 'resolved'): Promise<void> {
  const { checkpoint, ports, integration } = worker;
  const { held } = checkpoint;
  if (held === null) return;
  // Every `ChangesReleased` must follow a `ChangesHeld`. After a crash it is unknown whether `ChangesHeld`
  // was published, so it is published again.
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
  const now = ports.clock();
  const mayWait = by !== 'resolved' || (held.mode !== 'reconcile' && checkpoint.reconciliation !== null);
  const later = mayWait ? Math.max(0, held.surge - surgeCount(checkpoint.surge, now)) : 0;
  change(worker, { held: null, surge: addToSurge(checkpoint.surge, later, now) });
}

/** `counting`: the count is not complete, so nothing was decided. `decided`: the next run applies it. */
type HoldDecided = { kind: 'nothing held' } | { kind: 'counting' | 'decided'; held: Held };

/**
 * Stores a person's decision about exactly the counted changes. The next run publishes these changes
 * (`release`), or ignores them from then on (`discard`).
 */
export async function decideHold(worker: Worker, by: 'release' | 'discard'): Promise<HoldDecided> {
  const { held } = worker.checkpoint;
  if (held === null) return { kind: 'nothing held' };
  const run = worker.checkpoint[slotOf(held.mode)];
  if (run === null || !isCounted(held, run)) return { kind: 'counting', held };
  await endHold(worker, by);
  const decision = { action: by, slot: slotOf(held.mode), chunks: held.chunks };
  change(worker, { holdDecisions: [...worker.checkpoint.holdDecisions, decision] });
  return { kind: 'decided', held };
}

/**
 * Returns a function that finds the decision about a change, or null. A decision covers exactly the counted
 * changes. It applies to every run, since either the incremental run or the reconciliation may read a counted
 * change first. The latest decision about a change applies.
 */
export async function readHoldDecisions(worker: Worker): Promise<PageRules['decisionOn']> {
  const sets: { action: HoldDecision['action']; changes: ReturnType<typeof changeSet> }[] = [];
  for (const decision of worker.checkpoint.holdDecisions) {
    sets.push({ action: decision.action, changes: await readCovered(worker, decision) });
  }
  return (change) => {
    const fingerprint = fingerprintOf(change);
    return sets.findLast(({ changes }) => changes.has(fingerprint))?.action ?? null;
  };
}

/** Reads the changes that a decision covers. Retention may have removed them. */
async function readCovered({ ports, integration }: Worker, { chunks }: HoldDecision) {
  const changes = changeSet();
  for await (const chunk of ports.store.readHeldChunks(integration.id, chunks)) {
    changes.addAll(chunk.fingerprints);
  }
  return changes;
}

/**
 * Returns the decisions to keep when a run ends. All are kept if the run has read a record that was not
 * trusted, since this record is read again and may contain a counted change. A decision is also kept as long
 * as the record of a change that it covers is set aside, because it cannot be parsed. Another record that
 * cannot be parsed keeps a decision only once, because it may be a covered one whose id is lost.
 */
export async function decisionsAfter(worker: Worker, run: Run): Promise<HoldDecision[]> {
  const { holdDecisions, hasSetAside } = worker.checkpoint;
  if (run.hasUntrusted || holdDecisions.length === 0) return holdDecisions;
  const items = hasSetAside ? await worker.ports.store.readSetAside(worker.integration.id) : [];
  const ids = items.map(({ id }) => id);
  const kept: HoldDecision[] = [];
  for (const decision of holdDecisions) {
    if (decision.slot !== slotOf(run.mode) || (await coversAny(worker, decision, ids))) {
      kept.push(decision);
    } else if (run.setAside > 0 && !decision.isKept) kept.push({ ...decision, isKept: true });
  }
  return kept;
}

async function coversAny(worker: Worker, decision: HoldDecision, ids: string[]): Promise<boolean> {
  if (ids.length === 0) return false;
  const changes = await readCovered(worker, decision);
  return ids.some((id) => changes.hasProgression(id));
}

function limitOf(checkpoint: Checkpoint, settings: RunSettings): number {
  return surgeLimit(checkpoint.known, settings.surgeShare, settings.surgeFloor);
}
