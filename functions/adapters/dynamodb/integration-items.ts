import { isDeepStrictEqual } from 'node:util';
import { Integration } from '../../contract/integration.ts';
import { printable } from '../../contract/printable-text.ts';
import { isRunError, TransientError } from '../../core/errors.ts';
import type { Store, UnreadableIntegration } from '../../core/ports.ts';
import { INTEGRATIONS, integrationKey } from './keys.ts';
import {
  getItem,
  IF_ABSENT,
  type Item,
  keyOf,
  listItems,
  parseStored,
  putItem,
  type Table,
} from './table.ts';

/** The attempts to change settings. Conflicts are rare: only a person, a webhook or dispatch changes them. */
const ROUNDS = 8;

export function integrationItems(
  table: Table,
): Pick<Store, 'readIntegration' | 'readIntegrations' | 'changeIntegration'> {
  return {
    async readIntegration(id) {
      const item = await getItem(table, integrationKey(id));
      return item && parseStored(Integration, item);
    },

    async readIntegrations() {
      const integrations: Integration[] = [];
      const unreadable: UnreadableIntegration[] = [];
      for (const item of await listItems(table, INTEGRATIONS)) {
        try {
          integrations.push(parseStored(Integration, item));
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
        const stored = item && parseStored(Integration, item);
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

/** Returns false when the item has changed since it was read. */
async function replace(table: Table, before: Item | null, next: Integration): Promise<boolean> {
  const content = before?.['content'];
  const item = { ...keyOf(integrationKey(next.id)), content: { S: JSON.stringify(next) } };
  if (content === undefined) return putItem(table, item, IF_ABSENT);
  return putItem(table, item, {
    ConditionExpression: '#content = :before',
    ExpressionAttributeNames: { '#content': 'content' },
    ExpressionAttributeValues: { ':before': content },
  });
}
