import type { Integration } from '../../contract/integration.ts';
import { LeaseLostError } from '../errors.ts';
import { fenceOff } from '../journal/commit-entry.ts';
import { acquireLease, release, type Worker } from '../journal/worker.ts';
import type { Ports, RunSettings } from '../ports.ts';

/** The result of an operator's work, or when the lease of the poll that holds it ends. */
export type LeaseOutcome<Result> = { done: true; result: Result } | { done: false; busyUntil: string };

/**
 * Does an operator's work on an integration while holding its lease, after recovering what another worker left
 * unfinished.
 *
 * @param owner a value that is unique to this call
 * @throws the errors of the work; the next worker then recovers
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
    await release(worker, worker.checkpoint);
    return { done: true, result };
  } catch (error) {
    // The worker that now holds the lease finishes what is left.
    if (error instanceof LeaseLostError) throw error;
    worker.needsRecovery = true;
    await release(worker, worker.checkpoint).catch(() => undefined);
    throw error;
  }
}

/**
 * Finishes what the last poll left unfinished, for an integration that was paused or removed: no later poll would
 * recover it. Does nothing if the lease was released.
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
