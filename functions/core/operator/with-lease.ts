import type { Integration } from '../../contract/integration.ts';
import { LeaseLostError } from '../errors.ts';
import { fenceOff } from '../journal/commit-entry.ts';
import { acquireLease, release, type Worker } from '../journal/worker.ts';
import type { Ports, RunSettings } from '../ports.ts';

/** `again`: a poll was requested during the work and did nothing. `busyUntil`: the end of a poll's lease. */
type LeaseOutcome<Result> =
  | { done: true; result: Result; again: boolean }
  | { done: false; busyUntil: string };

/** Acquires the lease, recovers unfinished entries, and does `work`. Throws the errors of `work`. */
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
 * Applies and publishes the entries that a crashed poll left unfinished. It is called for a paused or removed
 * integration, which no later poll recovers.
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
