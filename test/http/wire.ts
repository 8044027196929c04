import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { type DynamoDbCalls, dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import { createPublisher } from '../../functions/adapters/eventbridge/publisher.ts';
import { putEventsCall } from '../../functions/adapters/eventbridge/put-events.ts';
import { createKombo } from '../../functions/adapters/kombo/kombo.ts';
import type { Ports } from '../../functions/core/ports.ts';
import { EMBEDDED_CREDENTIALS } from '../../local/dynamodb-engine.ts';
import { counted, type Operation } from '../adapters/dynamodb/engine.ts';
import { KEY } from '../support/sandbox-kombo.ts';
import { quickRetries } from './quick-retries.ts';

/** The URLs of the three services. */
export type Origins = { kombo: string; dynamoDb: string; eventBridge: string };

export type Wire = {
  ports: Omit<Ports, 'clock'>;
  dynamoDb: DynamoDBClient;
  /** The number of calls to DynamoDB so far. */
  counts: Partial<Record<Operation, number>>;
  close(): void;
};

export const BUS = 'schoolbell';
export const RETENTION_DAYS = 90;

/** Creates the adapters over HTTP, with the retry budgets of production. */
export function patientWire(origins: Origins, table: string): Wire {
  return wire(origins, table, {});
}

/**
 * Creates the adapters over HTTP, with waits and retry budgets of milliseconds, so that a fault ends a poll
 * quickly.
 */
export function hastyWire(origins: Origins, table: string): Wire {
  return wire(origins, table, {
    kombo: { attemptMs: 5_000, totalMs: 120, firstDelayMs: 1 },
    publisher: { budgetMs: 40, firstDelayMs: 1 },
    attempts: 3,
  });
}

type Haste = {
  kombo?: { attemptMs: number; totalMs: number; firstDelayMs: number };
  publisher?: { budgetMs: number; firstDelayMs: number };
  attempts?: number;
};

function wire(origins: Origins, table: string, haste: Haste): Wire {
  const client = {
    region: 'local',
    credentials: EMBEDDED_CREDENTIALS,
    ...(haste.attempts !== undefined && { retryStrategy: quickRetries(haste.attempts) }),
  };
  const dynamoDb = new DynamoDBClient({ ...client, endpoint: origins.dynamoDb });
  const eventBridge = new EventBridgeClient({ ...client, endpoint: origins.eventBridge });
  const { calls, counts }: { calls: DynamoDbCalls; counts: Wire['counts'] } = counted(
    dynamoDbCalls(dynamoDb),
  );
  return {
    ports: {
      kombo: createKombo({
        baseUrl: `${origins.kombo}/v1`,
        apiKey: async () => KEY,
        ...(haste.kombo && { retryBudget: haste.kombo }),
      }),
      store: createStore({ calls, table, retentionDays: RETENTION_DAYS }),
      publisher: createPublisher({
        putEvents: putEventsCall(eventBridge),
        bus: BUS,
        ...(haste.publisher && { retryBudget: haste.publisher }),
      }),
    },
    dynamoDb,
    counts,
    close() {
      dynamoDb.destroy();
      eventBridge.destroy();
    },
  };
}
