import type { Clock, Store } from '../functions/core/ports.ts';
import type { ReplayStore } from '../functions/core/replay/ports.ts';
import type { ReplayRecord } from '../functions/core/replay/replay-record.ts';
import type { Lease } from '../functions/core/state/checkpoint.ts';
import { isProcessAlive } from './private-directory.ts';

const END_OF_TIME = '9999-12-31T23:59:59.999Z';

/**
 * Returns a store whose leases end with their process. The owner of a stored lease begins with the process
 * id. If that process has ended, or is this process (which polls one integration at a time), the lease is
 * free.
 *
 * The times of stored leases are those of the machine's clock, because the clocks of a sandbox's school
 * differ between processes.
 */
export function withProcessLeases(store: Store, clock: Clock): Store {
  const shifted = (time: string, ms: number) => new Date(Date.parse(time) + ms).toISOString();
  const aheadMs = () => Date.now() - clock();
  const asStored = ({ owner, until }: Lease) => ({
    owner: `${process.pid}/${owner}`,
    until: shifted(until, aheadMs()),
  });
  return {
    ...store,
    async readCheckpoint(id) {
      const stored = await store.readCheckpoint(id);
      const lease = stored?.lease ?? null;
      if (stored === null || lease === null) return stored;
      const until = shifted(lease.until, -aheadMs());
      return { ...stored, lease: isHeldElsewhere(lease) ? { ...lease, until } : null };
    },
    async takeLease(id, lease) {
      const held = (await store.readCheckpoint(id))?.lease ?? null;
      const now = held !== null && !isHeldElsewhere(held) ? END_OF_TIME : new Date().toISOString();
      return store.takeLease(id, asStored(lease), now);
    },
    saveCheckpoint: (next, lease) => store.saveCheckpoint(next, asStored(lease)),
    releaseLease: (next, lease) => store.releaseLease(next, asStored(lease)),
  };
}

function isHeldElsewhere({ owner }: Lease): boolean {
  const pid = processOf(owner);
  return pid !== process.pid && isProcessAlive(pid);
}

/**
 * Returns a store in which a running replay is stopped when its process has ended. The writer of a stored replay begins
 * with the process id.
 */
export function withProcessWriters(store: ReplayStore): ReplayStore {
  const asStored = (replay: ReplayRecord) => ({ ...replay, writer: `${process.pid}/${replay.writer}` });
  const asRead = (replay: ReplayRecord): ReplayRecord =>
    replay.state === 'running' && !isProcessAlive(processOf(replay.writer))
      ? { ...replay, state: 'stopped' }
      : replay;
  return {
    ...store,
    createReplay: (replay) => store.createReplay(asStored(replay)),
    saveReplay: (next) => store.saveReplay(asStored(next)),
    async readReplay(integration, id) {
      const replay = await store.readReplay(integration, id);
      return replay && asRead(replay);
    },
    readReplays: async (integration) => (await store.readReplays(integration)).map(asRead),
  };
}

function processOf(writer: string): number {
  return Number(/^(\d+)\//.exec(writer)?.[1] ?? Number.NaN);
}
