import { type DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import { decodeEntry } from '../../functions/adapters/dynamodb/journal-codec.ts';
import type { Store } from '../../functions/core/ports.ts';
import type { Traces } from '../support/broken-promises.ts';

/** Reads everything that the table stores about an integration, once through the store and once as text. */
export async function storedTraces(
  { store, dynamoDb, table }: { store: Store; dynamoDb: DynamoDBClient; table: string },
  integration: string,
  ids: string[],
): Promise<Traces['store']> {
  const place = await store.readCheckpoint(integration);
  const journal: Traces['store']['journal'] = new Map();
  // Reads one entry more than the checkpoint counts, because a killed worker may have left one.
  const last = (place?.checkpoint.entry ?? 0) + 1;
  for await (const entry of store.readEntries(integration, 1, last)) journal.set(entry.number, entry);
  return {
    journal,
    known: await store.readKnown(integration, ids),
    aside: await store.readSetAside(integration),
    written: await scan(dynamoDb, table),
  };
}

/** Returns each item as text. Journal entries are decompressed. */
async function scan(client: DynamoDBClient, table: string): Promise<string[]> {
  const texts: string[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table })) {
    texts.push(...Items.map((item) => JSON.stringify(item, (_, value: unknown) => readable(value))));
  }
  return texts;
}

function readable(value: unknown): unknown {
  return value instanceof Uint8Array ? decodeEntry(value) : value;
}
