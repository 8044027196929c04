import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type DynamoDbCalls, dynamoDbCalls } from '../../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { EMBEDDED_CREDENTIALS } from '../../../local/dynamodb-engine.ts';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../../local/embedded-dynamodb.ts';
import { nobodyOvertaken } from '../checks/overtaken.ts';
import { NO_FAULTS } from '../scenario.ts';
import { newCounts } from '../world/counts.ts';
import { faultsAt } from '../world/faults.ts';
import { seededRandom } from '../world/random.ts';
import { virtualTime } from '../world/virtual-time.ts';
import { canonical } from './attribute-values.ts';
import { memoryTable } from './memory-table.ts';
import { randomCall } from './random-calls.ts';
import { simulatedDynamoDb } from './simulated-dynamodb.ts';

let engine: EmbeddedDynamoDb;
let client: DynamoDBClient;
let histories = 0;

beforeAll(async () => {
  engine = await startEmbeddedDynamoDb();
  client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'local',
    credentials: EMBEDDED_CREDENTIALS,
  });
});
afterAll(async () => {
  client.destroy();
  await engine.close();
});

test('for each call in a random sequence, the simulated DynamoDB returns the same result as the embedded DynamoDB', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(randomCall, { minLength: 1, maxLength: 25 }), async (calls) => {
      const prefix = `history${histories++}`;
      const real = dynamoDbCalls(client);
      const simulated = faultlessTable();
      for (const one of calls) {
        const expected = await outcome(() => one.run(real, prefix));
        const actual = await outcome(() => one.run(simulated, prefix));
        expect(actual, JSON.stringify(one)).toEqual(expected);
      }
    }),
    { numRuns: 60 },
  );
});

/** Creates the simulated table without latency and faults. */
function faultlessTable(): DynamoDbCalls {
  const random = seededRandom(1);
  const process = {
    name: 'test',
    kill: () => undefined,
    isAlive: () => true,
    killed: new Promise<void>(() => undefined),
    request: async <T>(_what: string, effect: () => T) => effect(),
  };
  return simulatedDynamoDb(process, {
    random,
    time: virtualTime(0, 1, () => () => undefined),
    faults: faultsAt(NO_FAULTS, 0, random, newCounts()),
    table: memoryTable({ partition: 'pk', sort: 'sk' }),
    overtaken: nobodyOvertaken(),
  });
}

/** Returns the response as JSON with sorted keys, or the name of the error that was thrown. */
async function outcome(run: () => Promise<unknown>): Promise<unknown> {
  try {
    return JSON.parse(canonical(await run()) ?? 'null');
  } catch (error) {
    return error instanceof Error ? error.name : 'error';
  }
}
