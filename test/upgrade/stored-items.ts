import { type AttributeValue, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';

/** Items as JSON: bytes are base64 texts. */
const StoredItems = z.array(
  z.record(
    z.string(),
    z.union([
      z.pipe(
        z.object({ B: z.string() }),
        z.transform(({ B }): AttributeValue => ({ B: Buffer.from(B, 'base64') })),
      ),
      z.custom<AttributeValue>(),
    ]),
  ),
);

/** Returns all items of the embedded table in a directory as JSON. */
export function readItems(directory: string): Promise<string> {
  return onTable(directory, async (client, table) => {
    const { Items = [] } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
    const withBase64 = Items.map((item) =>
      Object.fromEntries(
        Object.entries(item).map(([name, value]) => [
          name,
          value.B ? { B: Buffer.from(value.B).toString('base64') } : value,
        ]),
      ),
    );
    return JSON.stringify(withBase64, null, 1);
  });
}

/** Writes items to the embedded table in a directory. */
export function writeItems(directory: string, json: string): Promise<void> {
  return onTable(directory, async (client, table) => {
    for (const Item of StoredItems.parse(JSON.parse(json))) {
      await client.send(new PutItemCommand({ TableName: table, Item }));
    }
  });
}

async function onTable<Result>(
  directory: string,
  work: (client: DynamoDBClient, table: string) => Promise<Result>,
): Promise<Result> {
  const { endpoint, table, credentials, close } = await startEmbeddedDynamoDb({ directory });
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
  try {
    return await work(client, table);
  } finally {
    client.destroy();
    await close();
  }
}
