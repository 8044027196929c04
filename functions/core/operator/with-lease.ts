import type { Integration } from '../../contract/integration.ts';
import { LeaseLostError } from '../errors.ts';
import { fenceOff } from '../journal/commit-entry.ts';
import { acquireLease, release, type Worker } from '../journal/worker.ts';
import type { Ports, RunSettings } from '../ports.ts';

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
