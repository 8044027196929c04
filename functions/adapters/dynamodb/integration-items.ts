import { Integration } from '../../contract/integration.ts';
import type { Store } from '../../core/ports.ts';
import { INTEGRATIONS, integrationPlace } from './keys.ts';
import { getItem, type Item, jsonContent, keyOf, listItems, parseStored, type Table } from './table.ts';

/** The settings of the integrations. */
export function integrationItems(
  table: Table,
): Pick<Store, 'readIntegration' | 'readIntegrations' | 'writeIntegration'> {
  return {
    async readIntegration(id) {
      const item = await getItem(table, integrationPlace(id));
      return item && parseIntegration(item);
    },

    async readIntegrations() {
      const items = await listItems(table, INTEGRATIONS);
      return items.map(parseIntegration);
    },

    async writeIntegration(integration) {
      await table.calls.putItem({
        TableName: table.name,
        Item: { ...keyOf(integrationPlace(integration.id)), content: { S: JSON.stringify(integration) } },
      });
    },
  };
}

function parseIntegration(item: Item): Integration {
  const place = { pk: INTEGRATIONS, sk: item['sk']?.S ?? '' };
  return parseStored(Integration, place, () => jsonContent(item));
}
