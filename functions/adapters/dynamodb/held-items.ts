import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { WaitingChanges } from '../../contract/waiting-changes.ts';
import type { Store } from '../../core/ports.ts';
import { expiryOf } from './expiry.ts';
import { heldChunkKey } from './keys.ts';
import { getItem, jsonContent, keyOf, parseStored, type Table } from './table.ts';
import { isConditionFailed } from './translate-errors.ts';

const Content = WaitingChanges.shape.courses;
const Fingerprints = z.instanceof(Uint8Array);

/**
 * What was counted for holds. An item is named by its content and never altered, so that a worker that was frozen cannot
 * replace what a checkpoint names.
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
      try {
        await table.calls.putItem({
          TableName: table.name,
          Item: {
            ...keyOf(heldChunkKey(integration, name)),
            fingerprints: { B: fingerprints },
            content: { S: content },
            expires: { N: expiryOf(at, retentionDays) },
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        });
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
      }
      return name;
    },

    async *readHeldChunks(integration, names) {
      for (const name of names) {
        const place = heldChunkKey(integration, name);
        const item = await getItem(table, place);
        if (item === null) continue;
        yield {
          fingerprints: parseStored(Fingerprints, place, () => item['fingerprints']?.B),
          courses: parseStored(Content, place, () => jsonContent(item)),
        };
      }
    },
  };
}
