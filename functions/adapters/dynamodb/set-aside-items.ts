import pMap from 'p-map';
import type { Store } from '../../core/ports.ts';
import { SetAside } from '../../core/state/set-aside.ts';
import { setAsideKey, setAsidePartition } from './keys.ts';
import { jsonContent, keyOf, listItems, parseStored, type Table } from './table.ts';
import { isConditionFailed } from './translate-errors.ts';

const WRITES_AT_ONCE = 8;

/** What could not be processed. Kept until it is removed. */
export function setAsideItems(table: Table): Pick<Store, 'setAside' | 'readSetAside' | 'removeSetAside'> {
  return {
    async setAside(integration, items) {
      await pMap(items, (item) => put(table, integration, item), { concurrency: WRITES_AT_ONCE });
    },

    async readSetAside(integration) {
      const pk = setAsidePartition(integration);
      const items = await listItems(table, pk);
      return items.map((item) =>
        parseStored(SetAside, { pk, sk: item['sk']?.S ?? '' }, () => jsonContent(item)),
      );
    },

    async removeSetAside(integration, item) {
      await table.calls.deleteItem({ TableName: table.name, Key: keyOf(setAsideKey(integration, item)) });
    },
  };
}

/** The first one stays, with its time: it says since when it waits. Of a status the last one does, with its count. */
async function put(table: Table, integration: string, item: SetAside): Promise<void> {
  try {
    await table.calls.putItem({
      TableName: table.name,
      Item: { ...keyOf(setAsideKey(integration, item)), content: { S: JSON.stringify(item) } },
      ...(item.kind !== 'status' && { ConditionExpression: 'attribute_not_exists(pk)' }),
    });
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
  }
}
