import pMap from 'p-map';
import { type JournalEntry, knownAfter } from '../../core/state/journal-entry.ts';
import { progressionItem } from './known-progressions.ts';
import { putItem, type Table } from './table.ts';

/** Below the 50 connections of the AWS client, so that a renewal of the lease never waits for one. */
const WRITES_AT_ONCE = 32;

/**
 * Writes what is known after an entry; of a progression that it changes twice, the last state. A failed condition means that
 * this entry or a later one is already written. See `Store.applyEntry`.
 */
export async function applyEntry(table: Table, entry: JournalEntry): Promise<void> {
  const last = new Map(entry.changes.map((change) => [change.state.id, knownAfter(change, entry.number)]));
  const putIfNewer = (item: ReturnType<typeof progressionItem>) =>
    putItem(table, item, {
      ConditionExpression: 'attribute_not_exists(pk) OR #entry < :entry',
      ExpressionAttributeNames: { '#entry': 'entry' },
      ExpressionAttributeValues: { ':entry': item.entry },
    });
  await pMap(last.values(), (known) => putIfNewer(progressionItem(entry.integration, known)), {
    concurrency: WRITES_AT_ONCE,
  });
}
