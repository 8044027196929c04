import type { Integration } from '../../contract/integration.ts';
import type { PollMode } from '../../contract/messages.ts';
import { failureOf, notifyRecovered, recordFailure } from '../episodes/health.ts';
import { EntryTakenError, isRunError, LeaseLostError, RateLimitedError } from '../errors.ts';
import { fenceOff } from '../journal/commit-entry.ts';
import { acquireLease, change, release, type Worker } from '../journal/worker.ts';
import type { Ports, RunSettings } from '../ports.ts';
import { type Checkpoint, type Failure, type Held, type LastRun, limitedUntil } from '../state/checkpoint.ts';
import { startRun } from '../state/run-progress.ts';
import { type RunEnd, readRun } from './read-run.ts';

export type PollRequest = {
  integration: Integration;
  /**
   * Without a mode, a poll continues the baseline or incremental run in progress, or starts one: a baseline
   * if the integration was never synced. After that, it continues a reconciliation in progress. With
   * `reconcile`, it first requests a reconciliation.
   */
  mode?: PollMode;
  /** Allows another baseline: the setting `baseline` then applies to the changes since the watermark. */
  force?: boolean;
  /** After a refusal of this integration, Kombo accepted the key for another one: the key is valid. */
  othersLetIn?: boolean;
  /** The owner of the lease: a value that is unique to this call. */
  owner: string;
  /** Returns whether there is time for another page. It is called after each page. */
  timeLeft: () => boolean;
};

export type PollOutcome =
  /** Another worker holds the lease until this time, unless it renews it. Its owner requests another poll. */
  | { kind: 'busy'; until: string }
  /** The lease expired, or another worker acquired it. The next worker finishes the entry of this one. */
  | { kind: 'superseded' }
  /** `again`: another poll of the integration was requested in the meantime. */
  | { kind: 'ended'; ended: LastRun[]; again: boolean }
  /** The time was spent. Another call continues the run from its cursor. */
  | { kind: 'more'; ended: LastRun[] }
  | { kind: 'refused'; reason: string }
  | { kind: 'held'; ended: LastRun[]; held: Held; again: boolean }
  /** Kombo accepts no request before `until`. `isNew`: Kombo set this limit in this call. */
  | { kind: 'limited'; until: string; isNew: boolean }
  | { kind: 'failed'; failure: Failure };

/**
 * Polls one integration while there is time. For each page, determines the changes, appends a journal entry,
 * applies it, publishes its events, and saves the checkpoint if a save is due.
 *
 * @throws unexpected errors; all other errors are returned as an outcome
 */
export async function runPoll(
  ports: Ports,
  settings: RunSettings,
  request: PollRequest,
): Promise<PollOutcome> {
  let worker: Worker | null = null;
  try {
    const acquired = await acquireLease(ports, settings, request.integration, request.owner);
    if ('busyUntil' in acquired) return { kind: 'busy', until: acquired.busyUntil };
    worker = acquired;
    return await poll(worker, request);
  } catch (error) {
    if (error instanceof LeaseLostError || error instanceof EntryTakenError) return { kind: 'superseded' };
    if (error instanceof RateLimitedError && worker !== null) return endLimited(worker, error);
    const failure = failureOf(error);
    if (worker !== null) await endFailed(worker, failure, request.othersLetIn);
    if (!isRunError(error)) throw error;
    return { kind: 'failed', failure };
  }
}

async function poll(worker: Worker, request: PollRequest): Promise<PollOutcome> {
  const { clock } = worker.ports;
  const beganAt = new Date(clock()).toISOString();
  if (worker.needsRecovery) await fenceOff(worker);
  if (request.mode === 'reconcile') requestReconciliation(worker);
  const refused = refuse(worker, request);
  if (refused !== null) {
    await release(worker, worker.checkpoint);
    return refused;
  }
  // `change` writes nothing. The next `save` or `release` writes the changed checkpoint.
  change(worker, { limitedUntil: null });
  const { end, ended } = await runWhatIsDue(worker, request);
  change(worker, { succeededAt: beganAt });
  const { health } = worker.checkpoint;
  if (health.state === 'failing') await notifyRecovered(worker, health);
  const { held } = worker.checkpoint;
  const { again } = await release(worker, worker.checkpoint);
  if (end === 'more') return { kind: 'more', ended };
  return end === 'held' && held !== null
    ? { kind: 'held', ended, held, again }
    : { kind: 'ended', ended, again };
}

/**
 * Stores that a reconciliation begins after the next incremental run, unless one is in progress. The request
 * remains stored until a poll can do it, also if the next polls fail or have no time left.
 */
export function requestReconciliation(worker: Worker): void {
  const { checkpoint, ports } = worker;
  const at = new Date(ports.clock()).toISOString();
  change(worker, {
    reconciliation: checkpoint.reconciliation ?? startRun('reconcile', null, checkpoint, at),
  });
}

/** Returns why the poll does nothing, or null if it may begin. */
function refuse(
  { checkpoint, integration, ports }: Worker,
  { mode, force = false }: PollRequest,
): PollOutcome | null {
  const { watermark, run } = checkpoint;
  if (mode === 'baseline' && !force && watermark !== null && run?.mode !== 'baseline') {
    const reason = `${integration.id} is synced up to ${watermark}: a new baseline publishes the changes since then only if the integration's baseline setting includes them. To run a new baseline anyway, add --force.`;
    return { kind: 'refused', reason };
  }
  const until = limitedUntil(checkpoint, ports.clock());
  return until === null ? null : { kind: 'limited', until, isNew: false };
}

async function runWhatIsDue(
  worker: Worker,
  { mode, timeLeft }: PollRequest,
): Promise<{ end: RunEnd; ended: LastRun[] }> {
  if (mode === 'baseline' && worker.checkpoint.run?.mode !== 'baseline') {
    change(worker, { run: null });
  }
  const { run, watermark } = worker.checkpoint;
  const isDue = mode === 'baseline' || watermark === null ? 'baseline' : 'incremental';
  const first = await readRun(worker, run?.mode ?? isDue, timeLeft);
  // While this run is held, no reconciliation runs: it could publish the held changes.
  if (first !== 'ended') return { end: first, ended: [] };

  const { checkpoint } = worker;
  const ended = checkpoint.lastRun === null ? [] : [checkpoint.lastRun];
  if (checkpoint.reconciliation === null || checkpoint.watermark === null) return { end: 'ended', ended };
  const sliceEnd = worker.ports.clock() + worker.settings.reconcileSliceMs;
  const second = await readRun(worker, 'reconcile', () => timeLeft() && worker.ports.clock() < sliceEnd);
  const { lastReconciliation } = worker.checkpoint;
  if (second === 'ended' && lastReconciliation !== null) ended.push(lastReconciliation);
  return { end: second, ended };
}

async function endFailed(worker: Worker, failure: Failure, othersLetIn?: boolean): Promise<void> {
  try {
    await recordFailure(worker, failure, othersLetIn);
  } catch (error) {
    if (error instanceof LeaseLostError) return;
    if (!isRunError(error)) throw error;
  }
  await releaseIfPossible(worker, worker.checkpoint);
}

/** Stores when Kombo's rate limit ends. A rate limit is not a failure, so the health stays the same. */
async function endLimited(worker: Worker, { waitMs }: RateLimitedError): Promise<PollOutcome> {
  const until = new Date(worker.ports.clock() + waitMs).toISOString();
  await releaseIfPossible(worker, { ...worker.checkpoint, limitedUntil: until });
  return { kind: 'limited', until, isNew: true };
}

/** If the checkpoint cannot be written, its changes are lost, and the lease expires later. */
async function releaseIfPossible(worker: Worker, checkpoint: Checkpoint): Promise<void> {
  try {
    await release(worker, checkpoint);
  } catch (error) {
    if (!isRunError(error)) throw error;
  }
}
