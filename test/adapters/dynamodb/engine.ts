import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { type DynamoDbCalls, dynamoDbCalls } from '../../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../../functions/adapters/dynamodb/store.ts';
import type { Store } from '../../../functions/core/ports.ts';
import { EMBEDDED_CREDENTIALS } from '../../../local/dynamodb-engine.ts';
import { startEngine } from '../../support/start-engine.ts';

export type Operation = keyof DynamoDbCalls;

/**
 * Creates a client that passes each call to `around`, which makes the call and may act before or after it.
 */
export function aroundCalls(
  calls: DynamoDbCalls,
  around: <Output>(operation: Operation, call: () => Promise<Output>) => Promise<Output>,
): DynamoDbCalls {
  return {
    getItem: (input) => around('getItem', () => calls.getItem(input)),
    batchGetItem: (input) => around('batchGetItem', () => calls.batchGetItem(input)),
    putItem: (input) => around('putItem', () => calls.putItem(input)),
    updateItem: (input) => around('updateItem', () => calls.updateItem(input)),
    deleteItem: (input) => around('deleteItem', () => calls.deleteItem(input)),
    query: (input) => around('query', () => calls.query(input)),
    batchExecuteStatement: (input) =>
      around('batchExecuteStatement', () => calls.batchExecuteStatement(input)),
  };
}

/**
 * Creates a client that makes the first call of an operation twice, as the AWS client does when the first
 * response is lost.
 */
export function sentTwice(calls: DynamoDbCalls, operation: Operation): DynamoDbCalls {
  let left = 1;
  return aroundCalls(calls, async (name, call) => {
    if (name === operation && left > 0) {
      left -= 1;
      await call();
    }
    return call();
  });
}

/**
 * Creates a client that runs `happen` right before the call number `turn` of an operation. The first call has
 * number 1.
 */
export function justBefore(
  calls: DynamoDbCalls,
  operation: Operation,
  turn: number,
  happen: () => Promise<unknown>,
): DynamoDbCalls {
  let count = 0;
  return aroundCalls(calls, async (name, call) => {
    if (name === operation) {
      count += 1;
      if (count === turn) await happen();
    }
    return call();
  });
}

export function counted(calls: DynamoDbCalls): {
  calls: DynamoDbCalls;
  counts: Partial<Record<Operation, number>>;
} {
  const counts: Partial<Record<Operation, number>> = {};
  return {
    counts,
    calls: aroundCalls(calls, (name, call) => {
      counts[name] = (counts[name] ?? 0) + 1;
      return call();
    }),
  };
}

/**
 * Starts an engine for the tests of a file. Each test uses different integrations, so that no test sees the
 * data of another test.
 */
export function useEngine(): {
  calls(): DynamoDbCalls;
  table(): string;
  store(calls?: DynamoDbCalls): Store;
  /** Returns everything in the table as text, with bytes in base64. */
  scan(): Promise<string>;
} {
  let engine: Awaited<ReturnType<typeof startEngine>> | undefined;
  let client: DynamoDBClient | undefined;

  beforeAll(async () => {
    engine = await startEngine();
    client = new DynamoDBClient({
      endpoint: engine.endpoint,
      region: 'local',
      credentials: EMBEDDED_CREDENTIALS,
    });
  });
  afterAll(async () => {
    client?.destroy();
    await engine?.close();
  });

  const started = () => {
    if (engine === undefined || client === undefined) throw new Error('The engine has not started');
    return { table: engine.table, client };
  };
  const calls = () => dynamoDbCalls(started().client);
  return {
    calls,
    table: () => started().table,
    store: (given) => createStore({ calls: given ?? calls(), table: started().table, retentionDays: 90 }),
    async scan() {
      const { Items } = await started().client.send(new ScanCommand({ TableName: started().table }));
      return JSON.stringify(Items, (_, value: unknown) =>
        value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
      );
    },
  };
}
