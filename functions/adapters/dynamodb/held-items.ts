import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { WaitingChanges } from '../../contract/waiting-changes.ts';
import type { Store } from '../../core/ports.ts';
import { heldChunkKey } from './keys.ts';
import { expiryOf, getItem, keyOf, parseStored, putItem, type Table } from './table.ts';

const Content = WaitingChanges.shape.courses;
const Fingerprints = z.instanceof(Uint8Array);

/**
 * The key of an item is a hash of its content, so that a suspended worker that continues late cannot replace
 * an item that a checkpoint refers to.
 */
export function heldItems(
  table: Table,
  retentionDays: number,
): Pick<Store, 'writeHeldChunk' | 'readHeldChunks'> {
  return {
    async writeHeldChunk(integration, { fingerprints, courses }, at) {
      const content = JSON.stringify(courses);
      const digest = createHash('sha256').update(fingerprints).update(content).digest('hex');
      const name = digest.slice(0, 24);
      const { expires } = expiryOf(at, retentionDays);
      const item = {
        ...keyOf(heldChunkKey(integration, name)),
        fingerprints: { B: fingerprints },
        content: { S: content },
        expires,
      };
      // An earlier hold, or an earlier count of this one, may have stored the same chunk months ago.
      await putItem(table, item, {
        ConditionExpression: 'attribute_not_exists(pk) OR #expires < :expires',
        ExpressionAttributeNames: { '#expires': 'expires' },
        ExpressionAttributeValues: { ':expires': expires },
      });
      return name;
    },

    async *readHeldChunks(integration, names) {
      for (const name of names) {
        const item = await getItem(table, heldChunkKey(integration, name));
        if (item === null) continue;
        yield {
          fingerprints: parseStored(Fingerprints, item, () => item['fingerprints']?.B),
          courses: parseStored(Content, item),
        };
      }
    },
  };
}
