import { deepStrictEqual } from 'node:assert/strict';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { type DynamoDbCalls, dynamoDbCalls } from '../../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../../functions/adapters/dynamodb/store.ts';
import { createTable } from '../../../local/create-table.ts';
import { EMBEDDED_CREDENTIALS } from '../../../local/dynamodb-engine.ts';
import { startEmbeddedDynamoDb } from '../../../local/embedded-dynamodb.ts';
import { someChange, someEntry, someIntegration, someState } from './some-items.ts';

/**
 * Applies random journal entries with the embedded engine and with the engine at `AWS_ENDPOINT_URL`. Compares
 * the result of each PartiQL statement, and the states that both engines have stored in the end.
 */
const RUNS = 100;
const IDS = ['p1', 'p2', 'p3', 'p4'];

const entries = fc.array(
  fc.record({
    number: fc.integer({ min: 1, max: 5 }),
    changes: fc.uniqueArray(fc.record({ id: fc.constantFrom(...IDS), isKnown: fc.boolean() }), {
      selector: ({ id }) => id,
      minLength: 1,
    }),
  }),
  { minLength: 1, maxLength: 8 },
);
type Entries = typeof entries extends fc.Arbitrary<infer Value> ? Value : never;

/**
 * Returns the error codes of the statements of each request, and the states that are stored after the last
 * entry.
 */
async function write(calls: DynamoDbCalls, table: string, integration: string, given: Entries) {
  const codes: string[][] = [];
  const recorded: DynamoDbCalls = {
    ...calls,
    async batchExecuteStatement(input) {
      const response = await calls.batchExecuteStatement(input);
      codes.push((response.Responses ?? []).map((each) => each.Error?.Code ?? 'success'));
      return response;
    },
  };
  const store = createStore({ calls: recorded, table, retentionDays: 90 });
  for (const { number, changes } of given) {
    const some = changes.map(({ id, isKnown }) =>
      someChange({
        state: someState({ id, remoteId: `entry ${number}` }),
        previous: isKnown ? someState({ id }) : null,
      }),
    );
    await store.applyEntry(someEntry({ integration, number, changes: some }));
  }
  return { codes, known: await store.readKnown(integration, IDS) };
}

const embedded = await startEmbeddedDynamoDb();
const clients = [
  new DynamoDBClient({ endpoint: embedded.endpoint, region: 'local', credentials: EMBEDDED_CREDENTIALS }),
  new DynamoDBClient(),
];
for (const client of clients) await createTable(client);
const found = new Map<string, number>();
await fc.assert(
  fc.asyncProperty(entries, async (given) => {
    const integration = someIntegration();
    const [expected, actual] = await Promise.all(
      clients.map((client) => write(dynamoDbCalls(client), embedded.table, integration, given)),
    );
    deepStrictEqual(actual, expected);
    for (const code of expected?.codes.flat() ?? []) found.set(code, (found.get(code) ?? 0) + 1);
  }),
  { numRuns: RUNS },
);
for (const client of clients) client.destroy();
await embedded.close();
const counts = [...found].map(([code, count]) => `${count} ${code}`).join(', ');
console.log(`Both engines gave the same results for ${RUNS} random journals: ${counts}.`);
