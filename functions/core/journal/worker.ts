import type { Integration } from '../../contract/integration.ts';
import { LeaseLostError } from '../errors.ts';
import type { Ports, RunSettings } from '../ports.ts';
import type { Checkpoint, Lease } from '../state/checkpoint.ts';

/**
 * Progress is saved this often, and when the lease is released. After a crash, the next worker applies and
 * publishes the unsaved entries again, under the same event ids, and reads their pages again.
 */
const SAVE_EVERY_MS = 10_000;
const SAVE_EVERY_ENTRIES = 5;

/** The holder of an integration's lease. Only it writes the checkpoint, the journal and the progressions. */
export type Worker = {
  readonly ports: Ports;
  readonly settings: RunSettings;
  readonly integration: Integration;
  readonly owner: string;
  /** The checkpoint as it is stored, or with later progress that is not saved yet. */
  readonly checkpoint: Checkpoint;
  /** Whether the journal may have entries after the checkpoint's last one. They must be finished before others. */
  needsRecovery: boolean;
  /** The ids of the list of set-aside items; null until the list has been read. */
  setAside: Set<string> | null;
  /** The end of the lease and the last write of the checkpoint, by the machine's clock in milliseconds. */
  leaseUntil: number;
  writtenAt: number;
  /** The number of the last entry that the stored checkpoint counts. */
  writtenEntry: number;
};

/**
 * Acquires the lease. If the previous worker did not release it, `needsRecovery` is true: see `fenceOff`.
 *
 * @param owner a value that is unique to this call
 */
export async function acquireLease(
  ports: Ports,
  settings: RunSettings,
  integration: Integration,
  owner: string,
): Promise<Worker | { busyUntil: string }> {
  const now = ports.clock();
  const lease = { owner, until: new Date(now + settings.leaseMs).toISOString() };
  const result = await ports.store.takeLease(integration.id, lease, new Date(now).toISOString());
  if (!result.taken) return { busyUntil: result.until };
  return {
    ports,
    settings,
    integration,
    owner,
    checkpoint: result.checkpoint,
    needsRecovery: result.fence,
    setAside: null,
    leaseUntil: Date.parse(lease.until),
    writtenAt: now,
    writtenEntry: result.checkpoint.entry,
  };
}

/** A worker whose checkpoint can be replaced. Only the functions of this file replace it. */
type Writable = Omit<Worker, 'checkpoint'> & { checkpoint: Checkpoint };

/** Changes the checkpoint in memory. The next `save` or `release` writes it. */
export function change(worker: Writable, part: Partial<Checkpoint>): void {
  worker.checkpoint = { ...worker.checkpoint, ...part };
}

/** Writes the checkpoint and renews the lease, or throws a LeaseLostError. */
export async function save(worker: Writable, next: Checkpoint): Promise<void> {
  stopIfExpired(worker);
  const lease = leaseOf(worker, worker.settings.leaseMs);
  const checkpoint = { ...next, revision: worker.checkpoint.revision + 1 };
  await worker.ports.store.saveCheckpoint(checkpoint, lease);
  worker.checkpoint = checkpoint;
  worker.leaseUntil = Date.parse(lease.until);
  worker.writtenAt = worker.ports.clock();
  worker.writtenEntry = checkpoint.entry;
}

/** Changes the checkpoint to `next`, whose progress can be recovered, and writes it if a save is due. */
export async function saveSoon(worker: Writable, next: Checkpoint): Promise<void> {
  if (isSaveDue(worker) || next.entry - worker.writtenEntry >= SAVE_EVERY_ENTRIES) return save(worker, next);
  worker.checkpoint = next;
}

/** Returns whether it is time to save progress and to renew the lease. */
export function isSaveDue({ ports, writtenAt }: Worker): boolean {
  return ports.clock() - writtenAt >= SAVE_EVERY_MS;
}

/**
 * Writes the checkpoint and releases the lease. If an entry may be unfinished, stores the lease as expired
 * instead, so that the next worker recovers the entry.
 *
 * @returns `again`: another poll was requested meanwhile; always false if the lease is stored as expired
 */
export async function release(worker: Worker, next: Checkpoint): Promise<{ again: boolean }> {
  const { ports, owner } = worker;
  const checkpoint = { ...next, revision: worker.checkpoint.revision + 1 };
  if (!worker.needsRecovery) return ports.store.releaseLease(checkpoint, leaseOf(worker, 0));
  await ports.store.saveCheckpoint(checkpoint, { owner, until: new Date(0).toISOString() });
  return { again: false };
}

/** Throws a LeaseLostError if the lease has expired, which happens if the worker was suspended. */
export function stopIfExpired(worker: Worker): void {
  if (worker.ports.clock() > worker.leaseUntil) {
    throw new LeaseLostError('The lease expired before the work was finished: try again');
  }
}

function leaseOf({ ports, owner }: Worker, leaseMs: number): Lease {
  return { owner, until: new Date(ports.clock() + leaseMs).toISOString() };
}
