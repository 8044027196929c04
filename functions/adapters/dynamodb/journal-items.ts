import { EntryTakenError } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import { JournalEntry } from '../../core/state/journal-entry.ts';
import { batchGet } from './batch-get.ts';
import { expiryOf } from './expiry.ts';
import { decodeEntry, encodeEntry } from './journal-codec.ts';
import { journalKey } from './keys.ts';
import { getItem, type Item, keyOf, parseStored, queryItems, type Table } from './table.ts';
import { isConditionFailed } from './translate-errors.ts';

/** The journal. Entries expire `retentionDays` after they were detected. */
export function journalItems(
  table: Table,
  retentionDays: number,
): Pick<Store, 'appendEntry' | 'readEntry' | 'readEntriesAfter' | 'readEntries'> {
  return {
    async appendEntry(entry) {
      const place = journalKey(entry.integration, entry.number);
      const content = encodeEntry(entry);
      try {
        await table.calls.putItem({
          TableName: table.name,
          Item: {
            ...keyOf(place),
            content: { B: content },
            expires: { N: expiryOf(entry.detectedAt, retentionDays) },
          },
          ConditionExpression: 'attribute_not_exists(pk)',
        });
      } catch (cause) {
        if (!isConditionFailed(cause)) throw cause;
        // The writer is part of the content: the very same bytes are one's own success whose answer was lost.
        const stored = (await getItem(table, place))?.['content']?.B;
        if (stored === undefined || Buffer.compare(stored, content) !== 0) {
          throw new EntryTakenError(
            `Another worker has written journal entry ${entry.number} of ${entry.integration}`,
            { cause },
          );
        }
      }
    },

    async readEntry(integration, number) {
      const item = await getItem(table, journalKey(integration, number));
      return item && parseEntry(item);
    },

    async readEntriesAfter(checkpoints) {
      const places = checkpoints.map(({ integration, entry }) => journalKey(integration, entry + 1));
      const items = await batchGet(table, places, { consistent: false });
      return items.flatMap(readable);
    },

    async *readEntries(integration, from, to) {
      if (from > to) return;
      const first = journalKey(integration, from);
      for await (const item of queryItems(table, first.pk, [first.sk, journalKey(integration, to).sk])) {
        yield parseEntry(item);
      }
    },
  };
}

/** A damaged entry counts as absent: its own run will say so, and the overview of the others goes on. */
function readable(item: Item): JournalEntry[] {
  try {
    return [parseEntry(item)];
  } catch {
    return [];
  }
}

export function parseEntry(item: Item): JournalEntry {
  const place = { pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' };
  return parseStored(JournalEntry, place, () => decodeEntry(item['content']?.B ?? new Uint8Array()));
}
