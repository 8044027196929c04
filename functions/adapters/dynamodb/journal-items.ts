import { EntryTakenError } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import { JournalEntry } from '../../core/state/journal-entry.ts';
import { batchGet } from './batch-get.ts';
import { decodeEntry, encodeEntry } from './journal-codec.ts';
import { journalKey } from './keys.ts';
import {
  expiryOf,
  getItem,
  IF_ABSENT,
  type Item,
  keyOf,
  parseStored,
  putItem,
  queryItems,
  readable,
  type Table,
} from './table.ts';

/** Returns the store's functions for the journal. Entries expire `retentionDays` after they were detected. */
export function journalItems(
  table: Table,
  retentionDays: number,
): Pick<Store, 'appendEntry' | 'readEntry' | 'readEntriesAfter' | 'readEntries'> {
  return {
    async appendEntry(entry) {
      const key = journalKey(entry.integration, entry.number);
      const content = encodeEntry(entry);
      const item = { ...keyOf(key), content: { B: content }, ...expiryOf(entry.detectedAt, retentionDays) };
      if (await putItem(table, item, IF_ABSENT)) return;
      // The content names its writer. So equal bytes were written by this worker, and the response was lost.
      const stored = (await getItem(table, key))?.['content']?.B;
      if (stored === undefined || Buffer.compare(stored, content) !== 0) {
        throw new EntryTakenError(
          `Another worker has written journal entry ${entry.number} of ${entry.integration}`,
        );
      }
    },

    async readEntry(integration, number) {
      const item = await getItem(table, journalKey(integration, number));
      return item && parseEntry(item);
    },

    async readEntriesAfter(checkpoints) {
      const keys = checkpoints.map(({ integration, entry }) => journalKey(integration, entry + 1));
      return readable(await batchGet(table, keys, { consistent: false }), parseEntry);
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

export function parseEntry(item: Item): JournalEntry {
  return parseStored(JournalEntry, item, () => decodeEntry(item['content']?.B ?? new Uint8Array()));
}
