import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { dynamoDbCalls } from '../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createReplayStore } from '../functions/adapters/dynamodb/replay-items.ts';
import { createStore } from '../functions/adapters/dynamodb/store.ts';
import { createPublisher } from '../functions/adapters/eventbridge/publisher.ts';
import { putEventsCall } from '../functions/adapters/eventbridge/put-events.ts';
import type { ReplayPorts } from '../functions/core/replay/ports.ts';
import { storeWithIds } from '../functions/remote-ids.ts';
import { type DeliveredEvent, startBus } from './bus/bus.ts';
import { startEmbeddedDynamoDb } from './embedded-dynamodb.ts';
import type { LocalKombo } from './local-kombo.ts';
import { withProcessLeases, withProcessWriters } from './process-leases.ts';

const BUS = 'schoolbell';

/**
 * Connects the functions' adapters to an embedded DynamoDB and a local bus.
 *
 * @param options.onEvent is called with each event before the bus accepts the event
 * @throws DeploymentError when the directory is in use or cannot be written
 */
export async function openLocalParts(options: {
  directory: string;
  kombo: Pick<LocalKombo, 'kombo' | 'ids' | 'clock'>;
  retentionDays: number;
  onEvent: (event: DeliveredEvent) => void;
}) {
  const { directory, kombo, retentionDays, onEvent } = options;
  const database = await startEmbeddedDynamoDb({ directory });
  const bus = await startBus({ onEvent, buses: [BUS] });
  const client = { region: 'local', credentials: database.credentials };
  // The client repeats requests until another process has started the engine.
  const dynamoDb = new DynamoDBClient({ ...client, endpoint: database.endpoint, maxAttempts: 10 });
  const eventBridge = new EventBridgeClient({ ...client, endpoint: bus.endpoint });
  const table = { calls: dynamoDbCalls(dynamoDb), table: database.table, retentionDays };
  const ports: ReplayPorts = {
    kombo: kombo.kombo,
    clock: kombo.clock,
    store: withProcessLeases(storeWithIds(createStore(table), kombo.ids), kombo.clock),
    replays: withProcessWriters(createReplayStore(table)),
    publisher: createPublisher({ putEvents: putEventsCall(eventBridge), bus: BUS }),
    stopwatch: () => performance.now(),
    sleep: (ms) => setTimeout(ms),
  };
  return {
    ports,
    busEndpoint: bus.endpoint,
    async close(): Promise<void> {
      dynamoDb.destroy();
      eventBridge.destroy();
      await bus.close();
      await database.close();
    },
  };
}
