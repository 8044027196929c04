import * as z from 'zod/mini';
import { EventCounts } from '../../contract/event-parts.ts';
import { Timestamp } from '../../contract/field-types.ts';
import type { IntegrationId } from '../../contract/integration.ts';
import { EntryTakenError } from '../../core/errors.ts';
import type { Store } from '../../core/ports.ts';
import type { EntryCounts } from '../../core/replay/ports.ts';
import { countByType, JournalEntry } from '../../core/state/journal-entry.ts';
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

/** Entries expire `retentionDays` after their `detectedAt`. */
export function journalItems(
  table: Table,
  retentionDays: number,
): Pick<Store, 'appendEntry' | 'readEntry' | 'readEntriesAfter' | 'readEntries'> {
  return {
    async appendEntry(entry) {
      const key = journalKey(entry.integration, entry.number);
      const content = encodeEntry(entry);
      const item = {
        ...keyOf(key),
        summary: { S: summaryOf(entry) },
        content: { B: content },
        ...expiryOf(entry.detectedAt, retentionDays),
      };
      if (await putItem(table, item, IF_ABSENT)) return;
      // The content has the lease's unique owner: equal stored bytes mean that only the response was lost.
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

    async *readEntries(integration, from, to, order) {
      const options = { ScanIndexForward: order !== 'latest-first' };
      for await (const item of queryEntries(table, integration, from, to, options)) yield parseEntry(item);
    },
  };
}

/** Reads the items of the entries from `from` up to and including `to`. */
async function* queryEntries(
  table: Table,
  integration: IntegrationId,
  from: number,
  to: number,
  options: Parameters<typeof queryItems>[3],
): AsyncGenerator<Item> {
  if (from > to) return;
  const first = journalKey(integration, from);
  yield* queryItems(table, first.pk, [first.sk, journalKey(integration, to).sk], options);
}

/** Stored in a separate attribute, so that events can be counted without reading the content. */
const Summary = z.object({ detectedAt: Timestamp, byType: EventCounts });

function summaryOf({ detectedAt, changes }: JournalEntry): string {
  const events = changes.flatMap((change) => change.events.map((type) => ({ type })));
  return JSON.stringify({ detectedAt, byType: countByType(events) });
}

export async function* readEventCounts(
  table: Table,
  integration: IntegrationId,
  from: number,
  to: number,
): AsyncGenerator<EntryCounts> {
  const options = { ProjectionExpression: 'pk, sk, summary' };
  for await (const item of queryEntries(table, integration, from, to, options)) {
    const summary = parseStored(Summary, item, () => JSON.parse(item['summary']?.S ?? ''));
    yield { number: Number(item['sk']?.S), ...summary };
  }
}

export function parseEntry(item: Item): JournalEntry {
  return parseStored(JournalEntry, item, () => decodeEntry(item['content']?.B ?? new Uint8Array()));
}
