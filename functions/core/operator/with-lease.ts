import type { Integration } from '../../contract/integration.ts';
import { LeaseLostError } from '../errors.ts';
import { fenceOff } from '../journal/commit-entry.ts';
import { acquireLease, release, type Worker } from '../journal/worker.ts';
import type { Ports, RunSettings } from '../ports.ts';

/**
 * The result of an operator's work. `again`: a poll was requested during the work, and did nothing because the
 * lease was held. If a poll holds the lease, the work is not done, and `busyUntil` is the time at which the lease
 * ends.
 */
export type LeaseOutcome<Result> =
  | { done: true; result: Result; again: boolean }
  | { done: false; busyUntil: string };

/**
 * Acquires the lease of an integration, recovers the unfinished entries of the previous worker, and does an
 * operator's work.
 *
 * @param owner a value that is unique to this call
 * @throws the errors of the work; then the next worker recovers
 */
export async function withLease<Result>(
  ports: Ports,
  settings: RunSettings,
  integration: Integration,
  owner: string,
  work: (worker: Worker) => Promise<Result>,
): Promise<LeaseOutcome<Result>> {
  const worker = await acquireLease(ports, settings, integration, owner);
  if ('busyUntil' in worker) return { done: false, busyUntil: worker.busyUntil };
  try {
    if (worker.needsRecovery) await fenceOff(worker);
    const result = await work(worker);
    const { again } = await release(worker, worker.checkpoint);
    return { done: true, result, again };
  } catch (error) {
    // The lease has expired or belongs to another worker. The next worker recovers the unfinished entries.
    if (error instanceof LeaseLostError) throw error;
    worker.needsRecovery = true;
    await release(worker, worker.checkpoint).catch(() => undefined);
    throw error;
  }
}

/**
 * Recovers the unfinished entries of an integration that was paused or removed, since no later poll would
 * recover them. Does nothing if the lease was released, or if another worker still holds it.
 *
 * @param owner a value that is unique to this call
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
