import { Probe } from '../../core/fleet/due.ts';
import type { Store } from '../../core/ports.ts';
import { PROBE } from './keys.ts';
import { getItem, jsonContent, keyOf, type Table } from './table.ts';

/** One item of the whole table: the last probe while the deployment was wrong. */
export function probeItem(table: Table): Pick<Store, 'readProbe' | 'writeProbe'> {
  return {
    async readProbe() {
      const item = await getItem(table, PROBE);
      if (item === null) return null;
      try {
        return Probe.parse(jsonContent(item));
      } catch {
        // The probes then begin with the first one again.
        return null;
      }
    },

    async writeProbe(probe) {
      await table.calls.putItem({
        TableName: table.name,
        Item: { ...keyOf(PROBE), content: { S: JSON.stringify(probe) } },
      });
    },
  };
}
