import { Probe } from '../../core/fleet/due.ts';
import type { Store } from '../../core/ports.ts';
import { applyEntry } from './apply-entry.ts';
import { checkpointItems } from './checkpoint-items.ts';
import type { DynamoDbCalls } from './dynamodb-calls.ts';
import { heldItems } from './held-items.ts';
import { integrationItems } from './integration-items.ts';
import { journalItems } from './journal-items.ts';
import { PROBE } from './keys.ts';
import { readKnown } from './known-progressions.ts';
import { setAsideItems } from './set-aside-items.ts';
import { getItem, jsonContent, keyOf, putItem, readable, type Table } from './table.ts';
import { withCoreErrors } from './translate-errors.ts';

/**
 * The table has the keys `pk` and `sk`, both strings, and the TTL attribute `expires` (epoch seconds). It has
 * eight kinds of item: integrations, checkpoints, journal entries, progressions, counts of holds, set-aside
 * items, replays (see `createReplayStore`), and the last probe of dispatch.
 */
export function createStore(options: { calls: DynamoDbCalls; table: string; retentionDays: number }): Store {
  const table = { calls: withCoreErrors(options.calls, options.table), name: options.table };
  return {
    ...integrationItems(table),
    ...checkpointItems(table),
    ...journalItems(table, options.retentionDays),
    ...setAsideItems(table),
    ...heldItems(table, options.retentionDays),
    ...probeItem(table),
    readKnown: (integration, ids, shown) => readKnown(table, integration, ids, shown),
    applyEntry: (entry) => applyEntry(table, entry),
  };
}

/** The only item that is not stored for one integration: see `nextProbe`. */
function probeItem(table: Table): Pick<Store, 'readProbe' | 'writeProbe'> {
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
