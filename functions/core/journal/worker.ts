import type { Integration } from '../../contract/integration.ts';
import { LeaseLostError } from '../errors.ts';
import type { Clock, Ports, RunSettings } from '../ports.ts';
import type { Checkpoint, Lease } from '../state/checkpoint.ts';

/** Progress without a journal entry is saved at most this often: losing it costs reads, never events. */
const NOTE_EVERY_MS = 10_000;

/** The holder of an integration's lease: the only one that writes its checkpoint, journal and progressions. */
export type Worker = {
  readonly ports: Ports;
  readonly settings: RunSettings;
  readonly integration: Integration;
  readonly owner: string;
  /** The checkpoint as this worker knows it: as stored, or ahead of it by progress that is not saved yet. */
  readonly checkpoint: Checkpoint;
  /** A journal entry may have been appended that the checkpoint does not count: the next worker must recover. */
  needsRecovery: boolean;
  /** Ids of the records that are set aside; null before the list was read. */
  setAside: Set<string> | null;
  /** The machine's clock when the lease ends, and when the checkpoint was last written. */
  leaseUntil: number;
  writtenAt: number;
};

/** A lease that begins now. */
export function leaseFor(owner: string, leaseMs: number, clock: Clock): Lease {
  return { owner, until: new Date(clock() + leaseMs).toISOString() };
}

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

/** A worker as these functions see it: nothing else changes its checkpoint. */
type Writable = Omit<Worker, 'checkpoint'> & { checkpoint: Checkpoint };

/** Changes the checkpoint in memory. The next `save` or `release` writes it. */
export function change(worker: Writable, part: Partial<Checkpoint>): void {
  worker.checkpoint = { ...worker.checkpoint, ...part };
}

/** Writes the checkpoint and renews the lease. */
export async function save(worker: Writable, next: Checkpoint): Promise<void> {
  stopIfExpired(worker);
  const { ports, settings, owner } = worker;
  const lease = leaseFor(owner, settings.leaseMs, ports.clock);
  const checkpoint = { ...next, revision: worker.checkpoint.revision + 1 };
  await ports.store.saveCheckpoint(checkpoint, lease);
  worker.checkpoint = checkpoint;
  worker.leaseUntil = Date.parse(lease.until);
  worker.writtenAt = ports.clock();
}

/** Changes the checkpoint by progress that no entry has, and saves it after some time. */
export async function saveSoon(worker: Writable, next: Checkpoint): Promise<void> {
  if (isSaveDue(worker)) return save(worker, next);
  worker.checkpoint = next;
}

/** Whether it is time to save progress and to renew the lease. */
export function isSaveDue({ ports, writtenAt }: Worker): boolean {
  return ports.clock() - writtenAt >= NOTE_EVERY_MS;
}

/**
 * Ends the work: gives the lease back, or, when an entry may be unfinished, leaves it behind expired, so that the next
 * worker knows that it must recover.
 *
 * @returns whether another poll of the integration was requested meanwhile
 */
export async function release(worker: Worker, next: Checkpoint): Promise<{ again: boolean }> {
  const { ports, owner } = worker;
  const checkpoint = { ...next, revision: worker.checkpoint.revision + 1 };
  if (!worker.needsRecovery) return ports.store.releaseLease(checkpoint, leaseFor(owner, 0, ports.clock));
  await ports.store.saveCheckpoint(checkpoint, { owner, until: new Date(0).toISOString() });
  return { again: false };
}

/**
 * A worker that was frozen beyond its lease does not go on.
 *
 * @throws LeaseLostError
 */
export function stopIfExpired(worker: Worker): void {
  if (worker.ports.clock() > worker.leaseUntil) throw new LeaseLostError('the lease ran out');
}
