import { Probe } from '../../core/fleet/due.ts';
import type { Store } from '../../core/ports.ts';
import { PROBE } from './keys.ts';
import { getItem, jsonContent, keyOf, putItem, readable, type Table } from './table.ts';

/**
 * Returns the store's functions for the last probe that dispatch made while Kombo refused the deployment. It
 * is the only item that belongs to no integration.
 */
export function probeItem(table: Table): Pick<Store, 'readProbe' | 'writeProbe'> {
  return {
    async readProbe() {
      const item = await getItem(table, PROBE);
      // If the probe cannot be read, probing starts again with the first integration.
      return readable(item === null ? [] : [item], (one) => Probe.parse(jsonContent(one)))[0] ?? null;
    },

    async writeProbe(probe) {
      await putItem(table, { ...keyOf(PROBE), content: { S: JSON.stringify(probe) } }, {});
    },
  };
}
