import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { WholeNumber } from '../../contract/field-types.ts';
import { Checkpoint, Lease } from '../../core/state/checkpoint.ts';
import { checkpointKey } from './keys.ts';
import { getItem, type Item, jsonContent, parseStored, type Table } from './table.ts';

/** A checkpoint as it is stored. What conditions speak of lies beside the content, in attributes of its own. */
export const StoredCheckpoint = z.object({
  checkpoint: Checkpoint,
  revision: WholeNumber,
  /** `fence`: taken over from a lease that was not given back. Kept so that a lost answer can be repeated in full. */
  lease: z.nullable(z.extend(Lease, { fence: z.boolean() })),
  /** Another worker wanted to run the integration while the lease was held. */
  again: z.boolean(),
  /** The owner that gave the lease back last: recognises one's own release when its answer was lost. */
  releasedBy: z.nullable(z.string()),
});
export type StoredCheckpoint = z.infer<typeof StoredCheckpoint>;

export async function readStoredCheckpoint(table: Table, id: string): Promise<StoredCheckpoint | null> {
  const item = await getItem(table, checkpointKey(id));
  return item && parseCheckpoint(id, item);
}

export function parseCheckpoint(id: string, item: Item): StoredCheckpoint {
  return parseStored(StoredCheckpoint, checkpointKey(id), () => {
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

export function leaseAttribute(lease: Lease, fence: boolean): AttributeValue {
  return { M: { owner: { S: lease.owner }, until: { S: lease.until }, fence: { BOOL: fence } } };
}
