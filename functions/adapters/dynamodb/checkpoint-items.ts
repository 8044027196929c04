import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { WholeNumber } from '../../contract/field-types.ts';
import { LeaseLostError, TransientError } from '../../core/errors.ts';
import type { LeaseResult, Store } from '../../core/ports.ts';
import { Checkpoint, Lease, newCheckpoint } from '../../core/state/checkpoint.ts';
import { batchGet } from './batch-get.ts';
import { checkpointKey } from './keys.ts';
import { getItem, type Item, jsonContent, keyOf, parseStored, readable, type Table } from './table.ts';
import { isConditionFailed } from './translate-errors.ts';

/** The attempts of `takeLease`. Each change of the lease by another worker makes one more necessary. */
const ROUNDS = 8;

export function checkpointItems(
  table: Table,
): Pick<Store, 'readCheckpoint' | 'readCheckpoints' | 'takeLease' | 'saveCheckpoint' | 'releaseLease'> {
  return {
    readCheckpoint: (id) => readStored(table, id),

    async readCheckpoints(ids) {
      const items = await batchGet(table, [...new Set(ids)].map(checkpointKey), { consistent: false });
      const checkpoints = readable(items, (item) => Checkpoint.parse(jsonContent(item)));
      return new Map(checkpoints.map((checkpoint) => [checkpoint.integration, checkpoint]));
    },

    async takeLease(id, lease, now) {
      for (let round = 0; round < ROUNDS; round += 1) {
        const free = await takeFree(table, id, lease);
        if (free !== null) return taken(free);

        const stored = await readStored(table, id);
        const held = stored?.lease ?? null;
        // The lease was released after `takeFree` had failed.
        if (stored === null || held === null) continue;
        // An earlier attempt of this worker succeeded, and its response was lost.
        if (held.owner === lease.owner) return taken(stored);

        if (Date.parse(held.until) <= Date.parse(now)) {
          const expired = await takeExpired(table, id, lease, held);
          if (expired !== null) return taken(expired);
        } else if (await requestAgain(table, id, held)) {
          return { taken: false, until: held.until };
        }
      }
      throw new TransientError(`The lease of ${id} changed during each of ${ROUNDS} attempts to acquire it`, {
        code: 'LEASE_CONTENDED',
      });
    },

    async saveCheckpoint(next, lease) {
      try {
        await write(table, next, lease, {
          // Changes only the end of the lease, not its field `fence`.
          UpdateExpression: 'SET #content = :content, #revision = :next, #lease.#until = :until',
          names: { '#until': 'until' },
          values: { ':until': { S: lease.until } },
        });
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        const stored = await readStored(table, next.integration);
        // Only an equal checkpoint proves this save: the revision may come from another save of this worker.
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
          UpdateExpression: 'SET #content = :content, #revision = :next, #releasedBy = :owner REMOVE #lease',
          names: { '#releasedBy': 'releasedBy' },
          ReturnValues: 'ALL_NEW',
        });
        return { again: Attributes?.['again']?.BOOL ?? false };
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        const stored = await readStored(table, next.integration);
        // Another worker may have acquired the lease since then, so the stored revision may be a later one.
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

/** A checkpoint as it is stored. The attributes that conditions use are stored beside the content. */
const StoredCheckpoint = z.object({
  checkpoint: Checkpoint,
  revision: WholeNumber,
  /** `fence` (see `LeaseResult`) is stored, so that a repeated `takeLease` returns the same value. */
  lease: z.nullable(z.extend(Lease, { fence: z.boolean() })),
  /** Whether another worker requested a poll of the integration while the lease was held. */
  again: z.boolean(),
  /** The last owner that released the lease. It shows if a release succeeded whose response was lost. */
  releasedBy: z.nullable(z.string()),
});
type StoredCheckpoint = z.infer<typeof StoredCheckpoint>;

async function readStored(table: Table, id: string): Promise<StoredCheckpoint | null> {
  const item = await getItem(table, checkpointKey(id));
  return item && parse(item);
}

function parse(item: Item): StoredCheckpoint {
  return parseStored(StoredCheckpoint, item, () => {
    const lease = item['lease']?.M;
    return {
      checkpoint: jsonContent(item),
      revision: Number(item['revision']?.N),
      lease: lease
        ? { owner: lease['owner']?.S, until: lease['until']?.S, fence: lease['fence']?.BOOL }
        : null,
      again: item['again']?.BOOL ?? false,
      releasedBy: item['releasedBy']?.S ?? null,
    };
  });
}

/** Acquires the lease if there is none, otherwise returns null. Also writes the first checkpoint. */
function takeFree(table: Table, id: string, lease: Lease): Promise<StoredCheckpoint | null> {
  return update(table, id, {
    ConditionExpression: 'attribute_not_exists(#lease)',
    UpdateExpression:
      'SET #lease = :lease, #content = if_not_exists(#content, :content), #revision = if_not_exists(#revision, :zero) REMOVE #again',
    ExpressionAttributeNames: {
      '#lease': 'lease',
      '#content': 'content',
      '#revision': 'revision',
      '#again': 'again',
    },
    ExpressionAttributeValues: {
      ':lease': leaseAttribute(lease, false),
      ':content': { S: JSON.stringify(newCheckpoint(id)) },
      ':zero': { N: '0' },
    },
  });
}

function takeExpired(table: Table, id: string, lease: Lease, held: Lease): Promise<StoredCheckpoint | null> {
  return update(table, id, {
    ConditionExpression: '#lease.#owner = :owner AND #lease.#until = :until',
    UpdateExpression: 'SET #lease = :lease REMOVE #again',
    ExpressionAttributeNames: { '#lease': 'lease', '#owner': 'owner', '#until': 'until', '#again': 'again' },
    ExpressionAttributeValues: {
      ':lease': leaseAttribute(lease, true),
      ':owner': { S: held.owner },
      ':until': { S: held.until },
    },
  });
}

/** Sets `again` for the owner of the lease, who alone reads it. Returns false if the owner has changed. */
async function requestAgain(table: Table, id: string, held: Lease): Promise<boolean> {
  const requested = await update(table, id, {
    ConditionExpression: '#lease.#owner = :owner',
    UpdateExpression: 'SET #again = :true',
    ExpressionAttributeNames: { '#lease': 'lease', '#owner': 'owner', '#again': 'again' },
    ExpressionAttributeValues: { ':owner': { S: held.owner }, ':true': { BOOL: true } },
  });
  return requested !== null;
}

function leaseAttribute(lease: Lease, fence: boolean): AttributeValue {
  return { M: { owner: { S: lease.owner }, until: { S: lease.until }, fence: { BOOL: fence } } };
}

/** Returns the item after the update, or null when the condition failed. */
async function update(
  table: Table,
  id: string,
  expression: Omit<UpdateItemCommandInput, 'TableName' | 'Key' | 'ReturnValues'>,
): Promise<StoredCheckpoint | null> {
  try {
    const { Attributes } = await table.calls.updateItem({
      TableName: table.name,
      Key: keyOf(checkpointKey(id)),
      ReturnValues: 'ALL_NEW',
      ...expression,
    });
    return parse(Attributes ?? {});
  } catch (error) {
    if (isConditionFailed(error)) return null;
    throw error;
  }
}

function taken({ checkpoint, lease }: StoredCheckpoint): LeaseResult {
  return { taken: true, checkpoint, fence: lease?.fence ?? false };
}

function write(
  table: Table,
  next: Checkpoint,
  lease: Lease,
  update: Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ReturnValues'> & {
    names: Record<string, string>;
    values?: Record<string, AttributeValue>;
  },
) {
  const { names, values, ...expression } = update;
  return table.calls.updateItem({
    TableName: table.name,
    Key: keyOf(checkpointKey(next.integration)),
    ConditionExpression: '#revision = :before AND #lease.#owner = :owner',
    ExpressionAttributeNames: {
      '#content': 'content',
      '#revision': 'revision',
      '#lease': 'lease',
      '#owner': 'owner',
      ...names,
    },
    ExpressionAttributeValues: {
      ':content': { S: JSON.stringify(next) },
      ':before': { N: String(next.revision - 1) },
      ':next': { N: String(next.revision) },
      ':owner': { S: lease.owner },
      ...values,
    },
    ...expression,
  });
}

function leaseLost(next: Checkpoint, cause: unknown): LeaseLostError {
  return new LeaseLostError(`Another worker has acquired the lease of ${next.integration}`, { cause });
}
