import { isDeepStrictEqual } from 'node:util';
import { Integration } from '../../contract/integration.ts';
import { printable } from '../../contract/printable-text.ts';
import { isRunError, TransientError } from '../../core/errors.ts';
import type { Store, UnreadableIntegration } from '../../core/ports.ts';
import { INTEGRATIONS, integrationKey } from './keys.ts';
import { getItem, type Item, jsonContent, keyOf, listItems, parseStored, type Table } from './table.ts';
import { isConditionFailed } from './translate-errors.ts';

/** Settings are written by people and webhooks: even two writers at once are rare. */
const ROUNDS = 8;

/** The settings of the integrations. */
export function integrationItems(
  table: Table,
): Pick<Store, 'readIntegration' | 'readIntegrations' | 'changeIntegration'> {
  return {
    async readIntegration(id) {
      const item = await getItem(table, integrationKey(id));
      return item && parseIntegration(item);
    },

    async readIntegrations() {
      const integrations: Integration[] = [];
      const unreadable: UnreadableIntegration[] = [];
      for (const item of await listItems(table, INTEGRATIONS)) {
        try {
          integrations.push(parseIntegration(item));
        } catch (error) {
          if (!isRunError(error)) throw error;
          unreadable.push({ id: printable(item['sk']?.S ?? ''), reason: error.message });
        }
      }
      return { integrations, unreadable };
    },

    async changeIntegration(id, change) {
      for (let round = 0; round < ROUNDS; round += 1) {
        const item = await getItem(table, integrationKey(id));
        const stored = item && parseIntegration(item);
        const next = change(stored);
        if (next === null || isDeepStrictEqual(next, stored)) return stored;
        if (await replace(table, item, next)) return next;
      }
      throw new TransientError(`Too many concurrent changes of the settings of ${id}`, {
        code: 'SETTINGS_CONTENDED',
      });
    },
  };
}

/** @returns false when the item is no longer as it was read */
async function replace(table: Table, before: Item | null, next: Integration): Promise<boolean> {
  const content = before?.['content'];
  try {
    await table.calls.putItem({
      TableName: table.name,
      Item: { ...keyOf(integrationKey(next.id)), content: { S: JSON.stringify(next) } },
      ...(content === undefined
        ? { ConditionExpression: 'attribute_not_exists(pk)' }
        : {
            ConditionExpression: '#content = :before',
            ExpressionAttributeNames: { '#content': 'content' },
            ExpressionAttributeValues: { ':before': content },
          }),
    });
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}

function parseIntegration(item: Item): Integration {
  const place = { pk: INTEGRATIONS, sk: item['sk']?.S ?? '' };
  return parseStored(Integration, place, () => jsonContent(item));
}
