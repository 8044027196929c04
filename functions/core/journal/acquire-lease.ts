import type { Integration } from '../../contract/integration.ts';
import { EMPTY_TALLY } from '../decide/decide-page.ts';
import { EntryTakenError } from '../errors.ts';
import type { Ports, RunSettings } from '../ports.ts';
import { commitEntry, recover } from './commit-entry.ts';
import { leaseFor, type Worker } from './worker.ts';

/** A frozen worker can slip in one entry before it notices; more would be a fault of the store. */
const FENCE_TRIES = 5;

/**
 * Takes the integration's lease. A worker that takes over a lease which was not given back finishes the entry that the
 * one before it may have left, then fences it off.
 *
 * @param owner unique to this call
 * @returns the worker, or when another holds the lease, until when
 */
export async function acquireLease(
  ports: Ports,
  settings: RunSettings,
  integration: Integration,
  owner: string,
): Promise<{ worker: Worker; fence: boolean } | { busyUntil: string }> {
  const now = ports.clock();
  const lease = leaseFor(owner, settings.leaseMs, () => now);
  const answer = await ports.store.takeLease(integration.id, lease, new Date(now).toISOString());
  if (!answer.taken) return { busyUntil: answer.until };
  const worker: Worker = {
    ports,
    settings,
    integration,
    owner,
    checkpoint: answer.checkpoint,
    needsRecovery: answer.fence,
    setAside: null,
    leaseUntil: Date.parse(answer.lease.until),
    writtenAt: now,
  };
  return { worker, fence: answer.fence };
}

/**
 * Recovers, then appends an empty entry, before anything is read: a frozen worker that wakes with an older view finds
 * its number taken and stops.
 */
export async function fenceOff(worker: Worker): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    await recover(worker);
    try {
      return await commitEntry(
        worker,
        {
          integration: worker.integration.id,
          number: worker.checkpoint.entry + 1,
          detectedAt: new Date(worker.ports.clock()).toISOString(),
          mode: 'incremental',
          updatedAfter: null,
          writer: worker.owner,
          changes: [],
          tally: EMPTY_TALLY,
        },
        new Map(),
      );
    } catch (error) {
      if (!(error instanceof EntryTakenError) || tries >= FENCE_TRIES) throw error;
    }
  }
}
