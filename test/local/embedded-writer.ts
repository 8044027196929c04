import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';

/**
 * Writes integrations to the given directory and prints the id of each integration after the write. A test
 * starts this file as a process and kills the process.
 */
const [directory = ''] = process.argv.slice(2);
const { endpoint, table, credentials } = await startEmbeddedDynamoDb({ directory });
const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
const store = createStore({ calls: dynamoDbCalls(client), table, retentionDays: 90 });

for (let number = 1; ; number += 1) {
  const id = `moodle:${number}`;
  await store.changeIntegration(id, () => ({
    id,
    state: 'active',
    baseline: { mode: 'silent' },
    addedAt: '2026-03-01T09:30:00.000Z',
  }));
  process.stdout.write(`${id}\n`);
}
