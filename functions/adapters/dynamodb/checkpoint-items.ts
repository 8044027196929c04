import { isDeepStrictEqual } from 'node:util';
import { LeaseLostError } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import { Checkpoint, type Lease } from '../../core/state/checkpoint.ts';
import { batchGet } from './batch-get.ts';
import { checkpointKey } from './keys.ts';
import { readStoredCheckpoint } from './stored-checkpoint.ts';
import { type Item, jsonContent, keyOf, type Table } from './table.ts';
import { takeLease } from './take-lease.ts';
import { isConditionFailed } from './translate-errors.ts';

/** The checkpoints with their leases. */
export function checkpointItems(
  table: Table,
): Pick<Store, 'readCheckpoint' | 'readCheckpoints' | 'takeLease' | 'saveCheckpoint' | 'releaseLease'> {
  return {
    async readCheckpoint(id) {
      const stored = await readStoredCheckpoint(table, id);
      if (stored === null) return null;
      const { checkpoint, lease } = stored;
      return { checkpoint, lease: lease && { owner: lease.owner, until: lease.until } };
    },

    async readCheckpoints(ids) {
      const places = [...new Set(ids)].map(checkpointKey);
      const items = await batchGet(table, places, { consistent: false });
      return new Map(items.flatMap(readable).map((checkpoint) => [checkpoint.integration, checkpoint]));
    },

    takeLease: (id, lease, now) => takeLease(table, id, lease, now),

    async saveCheckpoint(next, lease) {
      try {
        await write(table, next, lease, {
          // Only the time: whether the lease is fenced stays with it.
          expression: 'SET #content = :content, #revision = :next, #lease.#until = :until',
          names: { '#until': 'until' },
          values: { ':until': { S: lease.until } },
          returns: 'NONE',
        });
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        const stored = await readStoredCheckpoint(table, next.integration);
        // Another write of this worker may have taken the same revision: only the same checkpoint is this one.
        const isOwn =
          stored?.lease?.owner === lease.owner &&
          stored.revision === next.revision &&
          isDeepStrictEqual(stored.checkpoint, next);
        if (!isOwn) throw leaseLost(next, error);
      }
    },

    async releaseLease(next, lease) {
      try {
        const { Attributes } = await write(table, next, lease, {
          expression: 'SET #content = :content, #revision = :next, #releasedBy = :owner REMOVE #lease',
          names: { '#releasedBy': 'releasedBy' },
          values: {},
          returns: 'ALL_NEW',
        });
        return { again: Attributes?.['again']?.BOOL ?? false };
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        const stored = await readStoredCheckpoint(table, next.integration);
        // A worker that took the lease since then may have moved on: the revision is this one or a later one.
        const isOwn =
          stored?.releasedBy === lease.owner &&
          stored.lease?.owner !== lease.owner &&
          stored.revision >= next.revision;
        if (!isOwn) throw leaseLost(next, error);
        return { again: stored.again };
      }
    },
  };
}

/** A damaged checkpoint counts as absent: its own run will say so, and the other integrations go on. */
function readable(item: Item): Checkpoint[] {
  try {
    return [Checkpoint.parse(jsonContent(item))];
  } catch {
    return [];
  }
}

function write(
  table: Table,
  next: Checkpoint,
  lease: Lease,
  update: {
    expression: string;
    names: Record<string, string>;
    values: Record<string, { S: string }>;
    returns: 'NONE' | 'ALL_NEW';
  },
) {
  return table.calls.updateItem({
    TableName: table.name,
    Key: keyOf(checkpointKey(next.integration)),
    ConditionExpression: '#revision = :before AND #lease.#owner = :owner',
    UpdateExpression: update.expression,
    ExpressionAttributeNames: {
      '#content': 'content',
      '#revision': 'revision',
      '#lease': 'lease',
      '#owner': 'owner',
      ...update.names,
    },
    ExpressionAttributeValues: {
      ':content': { S: JSON.stringify(next) },
      ':before': { N: String(next.revision - 1) },
      ':next': { N: String(next.revision) },
      ':owner': { S: lease.owner },
      ...update.values,
    },
    ReturnValues: update.returns,
  });
}

function leaseLost(next: Checkpoint, cause: unknown): LeaseLostError {
  return new LeaseLostError(`Another worker has taken over ${next.integration}`, { cause });
}
