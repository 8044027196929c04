import pMap from 'p-map';
import { type JournalEntry, knownAfter } from '../../core/state/journal-entry.ts';
import type { KnownProgression } from '../../core/state/progression.ts';
import { progressionKey } from './keys.ts';
import { encodeProgression } from './progression-content.ts';
import { keyOf, type Table } from './table.ts';
import { isConditionFailed } from './translate-errors.ts';

/** Below the 50 connections of the AWS client, so that a renewal of the lease never waits for one. */
const WRITES_AT_ONCE = 32;

/** Writes what is known after an entry; of a progression that it changes twice, the last state. See `Store.applyEntry`. */
export async function applyEntry(table: Table, entry: JournalEntry): Promise<void> {
  const last = new Map(entry.changes.map((change) => [change.state.id, knownAfter(change, entry.number)]));
  await pMap(last.values(), (known) => putIfOlder(table, entry.integration, known), {
    concurrency: WRITES_AT_ONCE,
  });
}

async function putIfOlder(table: Table, integration: string, known: KnownProgression): Promise<void> {
  const item = progressionItem(integration, known);
  try {
    await table.calls.putItem({
      TableName: table.name,
      Item: item,
      ConditionExpression: 'attribute_not_exists(pk) OR #entry < :entry',
      ExpressionAttributeNames: { '#entry': 'entry' },
      ExpressionAttributeValues: { ':entry': item.entry },
    });
  } catch (error) {
    // This entry or a later one is written already.
    if (!isConditionFailed(error)) throw error;
  }
}

/** A known progression as it stands in the table. */
export function progressionItem(integration: string, known: KnownProgression) {
  return {
    ...keyOf(progressionKey(integration, known.state.id)),
    entry: { N: String(known.entry) },
    content: { S: encodeProgression(known) },
  };
}
