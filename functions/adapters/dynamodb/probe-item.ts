import { Probe } from '../../core/fleet/due.ts';
import type { Store } from '../../core/ports.ts';
import { PROBE } from './keys.ts';
import { getItem, jsonContent, keyOf, putItem, readable, type Table } from './table.ts';

/** The one item that belongs to no integration: the last probe of dispatch while Kombo refused the deployment. */
export function probeItem(table: Table): Pick<Store, 'readProbe' | 'writeProbe'> {
  return {
    async readProbe() {
      const item = await getItem(table, PROBE);
      // Without a readable probe, probing starts again with the first integration.
      return readable(item === null ? [] : [item], (one) => Probe.parse(jsonContent(one)))[0] ?? null;
    },

    async writeProbe(probe) {
      await putItem(table, { ...keyOf(PROBE), content: { S: JSON.stringify(probe) } }, {});
    },
  };
}
