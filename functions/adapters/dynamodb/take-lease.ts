import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { TransientError } from '../../core/errors.ts';
import type { LeaseResult } from '../../core/ports.ts';
import { type Lease, newCheckpoint } from '../../core/state/checkpoint.ts';
import { checkpointKey } from './keys.ts';
import {
  leaseAttribute,
  parseCheckpoint,
  readStoredCheckpoint,
  type StoredCheckpoint,
} from './stored-checkpoint.ts';
import { keyOf, type Table } from './table.ts';
import { isConditionFailed } from './translate-errors.ts';

/** Rounds in which the lease may change hands under the taker's eyes. */
const ROUNDS = 8;

/**
 * Takes the lease of an integration: one request when it is free. See `Store.takeLease`.
 *
 * @throws TransientError when the lease keeps changing hands
 */
export async function takeLease(table: Table, id: string, lease: Lease, now: string): Promise<LeaseResult> {
  for (let round = 0; round < ROUNDS; round += 1) {
    const free = await takeFree(table, id, lease);
    if (free !== null) return answer(free, lease);

    const stored = await readStoredCheckpoint(table, id);
    const held = stored?.lease ?? null;
    // Given back in between.
    if (stored === null || held === null) continue;
    // One's own success whose answer was lost.
    if (held.owner === lease.owner) return answer(stored, lease);

    if (Date.parse(held.until) <= Date.parse(now)) {
      const expired = await takeExpired(table, id, lease, held);
      if (expired !== null) return answer(expired, lease);
    } else if (await noteAgain(table, id, held)) {
      return { taken: false, until: held.until };
    }
  }
  throw new TransientError(`The lease of ${id} changes hands too fast`, { code: 'LEASE_CONTENDED' });
}

/** Also the first write of an integration's checkpoint. */
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

/** Only while that worker holds the lease: it is the one who will see it when it gives the lease back. */
async function noteAgain(table: Table, id: string, held: Lease): Promise<boolean> {
  const noted = await update(table, id, {
    ConditionExpression: '#lease.#owner = :owner',
    UpdateExpression: 'SET #again = :true',
    ExpressionAttributeNames: { '#lease': 'lease', '#owner': 'owner', '#again': 'again' },
    ExpressionAttributeValues: { ':owner': { S: held.owner }, ':true': { BOOL: true } },
  });
  return noted !== null;
}

/** The checkpoint after the update, or null when the condition did not hold. */
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
    return parseCheckpoint(id, Attributes ?? {});
  } catch (error) {
    if (isConditionFailed(error)) return null;
    throw error;
  }
}

function answer({ checkpoint, lease: held }: StoredCheckpoint, asked: Lease): LeaseResult {
  const { fence, ...lease } = held ?? { ...asked, fence: false };
  return { taken: true, checkpoint, lease, fence };
}
