import type { Baseline } from '../../contract/baseline.ts';
import type { Integration } from '../../contract/integration.ts';
import { endHold, isCounted } from '../episodes/hold.ts';
import { LeaseLostError } from '../errors.ts';
import { acquireLease, fenceOff } from '../journal/acquire-lease.ts';
import { change, release, save, type Worker } from '../journal/worker.ts';
import type { Ports, RunSettings } from '../ports.ts';
import type { Held } from '../state/checkpoint.ts';
import { slotOf } from '../state/run-progress.ts';

/** What became of an operator's change: `busy` while a poll holds the lease. */
export type LeaseOutcome<Result> = { done: true; result: Result } | { done: false; busyUntil: string };

/**
 * Does an operator's work on an integration as the only worker on it, after finishing what another left behind.
 *
 * @param owner unique to this call
 * @throws what the work throws; the lease is then left for the next worker to recover
 */
export async function withLease<Result>(
  ports: Ports,
  settings: RunSettings,
  integration: Integration,
  owner: string,
  work: (worker: Worker) => Promise<Result>,
): Promise<LeaseOutcome<Result>> {
  const taken = await acquireLease(ports, settings, integration, owner);
  if ('busyUntil' in taken) return { done: false, busyUntil: taken.busyUntil };
  const { worker, fence } = taken;
  try {
    if (fence) await fenceOff(worker);
    const result = await work(worker);
    await release(worker, worker.checkpoint);
    return { done: true, result };
  } catch (error) {
    // The worker that took over finishes what is left.
    if (error instanceof LeaseLostError) throw error;
    worker.needsRecovery = true;
    await release(worker, worker.checkpoint).catch(() => undefined);
    throw error;
  }
}

/**
 * Finishes what a poll left behind that read the integration just before it was paused or removed: nothing else comes
 * after it. Does nothing where the lease was given back.
 *
 * @param owner unique to this call
 */
export async function finishAbandonedWork(
  ports: Ports,
  settings: RunSettings,
  integration: Integration,
  owner: string,
): Promise<void> {
  const lease = (await ports.store.readCheckpoint(integration.id))?.lease ?? null;
  if (lease === null || Date.parse(lease.until) > ports.clock()) return;
  await withLease(ports, settings, integration, owner, async () => undefined);
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
 * Pauses, resumes or removes an integration; a removed one stays removed. Its checkpoint stays, so that the journal's
 * numbers never start over.
 *
 * @returns the settings that are stored then
 */
export async function changeState(worker: Worker, state: Integration['state']): Promise<Integration> {
  const { integration, ports } = worker;
  const stored = await ports.store.changeIntegration(
    integration.id,
    (before) => before && withState(before, state),
  );
  // Settings are never deleted.
  return stored ?? integration;
}

/**
 * Lets a removed integration be polled again. Without a baseline it goes on at its watermark. With one it is synced as if
 * for the first time: the baseline decides what is published of what happened meanwhile, and of changes that were held.
 *
 * @returns the settings that are stored then: unchanged if somebody else has added it
 */
export async function addAgain(
  worker: Worker,
  { baseline, addedAt }: { baseline: Baseline | null; addedAt: string },
): Promise<Integration> {
  const { integration, ports } = worker;
  const found = await ports.store.readIntegration(integration.id);
  if (found !== null && found.state !== 'removed') return found;
  if (baseline !== null) {
    const { checkpoint } = worker;
    // Save before a poll can find the integration active: it would publish what happened since the watermark.
    await save(worker, { ...checkpoint, watermark: null, baselineStart: checkpoint.entry, run: null });
  }
  const stored = await ports.store.changeIntegration(integration.id, (before) =>
    before?.state === 'removed'
      ? { id: before.id, state: 'active', baseline: baseline ?? before.baseline, addedAt }
      : before,
  );
  return stored ?? integration;
}

/**
 * The settings with another state. What a person removed comes back by being added alone.
 *
 * @param pausedBy `kombo` when no person asked for it
 */
export function withState(
  { pausedBy: before, ...settings }: Integration,
  state: Integration['state'],
  pausedBy?: Integration['pausedBy'],
): Integration {
  return settings.state === 'removed' ? settings : { ...settings, state, ...(pausedBy && { pausedBy }) };
}
