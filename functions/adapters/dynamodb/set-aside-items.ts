import pMap from 'p-map';
import type { Store } from '../../core/ports.ts';
import { SetAside } from '../../core/state/set-aside.ts';
import { setAsideKey, setAsidePartition } from './keys.ts';
import { IF_ABSENT, keyOf, listItems, parseStored, putItem, type Table } from './table.ts';

const WRITES_AT_ONCE = 8;

/** The items have no expiry: they stay until `removeSetAside` deletes them. */
export function setAsideItems(table: Table): Pick<Store, 'setAside' | 'readSetAside' | 'removeSetAside'> {
  return {
    async setAside(integration, items) {
      await pMap(items, (item) => put(table, integration, item), { concurrency: WRITES_AT_ONCE });
    },

    async readSetAside(integration) {
      const items = await listItems(table, setAsidePartition(integration));
      return items.map((item) => parseStored(SetAside, item));
    },

    async removeSetAside(integration, item) {
      await table.calls.deleteItem({ TableName: table.name, Key: keyOf(setAsideKey(integration, item)) });
    },
  };
}

/**
 * Does not overwrite a record or an event that is already set aside: its time shows how long it has been set
 * aside. A status is overwritten.
 */
async function put(table: Table, integration: string, setAside: SetAside): Promise<void> {
  const item = { ...keyOf(setAsideKey(integration, setAside)), content: { S: JSON.stringify(setAside) } };
  await putItem(table, item, setAside.kind === 'status' ? {} : IF_ABSENT);
}
