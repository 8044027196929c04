import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import { createPublisher } from '../../functions/adapters/eventbridge/publisher.ts';
import { putEventsCall } from '../../functions/adapters/eventbridge/put-events.ts';
import { createKombo } from '../../functions/adapters/kombo/kombo.ts';
import type { Ports } from '../../functions/core/ports.ts';
import { runSettings } from '../../functions/run-settings.ts';
import { CREDENTIALS, KEY, type Services } from './services.ts';

/** A deployment's settings, as they are without any of them given. */
export const SETTINGS = runSettings({
  OVERLAP_SECONDS: 900,
  LEARNER_DETAILS: 'omit',
  SURGE_SHARE: 0.1,
  SURGE_FLOOR: 25,
});

/** The adapters of the functions over the services of the benchmark. */
export function benchPorts(services: Services): { ports: Ports; close(): void } {
  const client = { region: 'local', credentials: CREDENTIALS, cacheMiddleware: true };
  const dynamoDb = new DynamoDBClient({ ...client, endpoint: services.dynamoDb });
  const eventBridge = new EventBridgeClient({ ...client, endpoint: services.bus });
  return {
    ports: {
      kombo: createKombo({ baseUrl: services.kombo, apiKey: async () => KEY }),
      store: createStore({ calls: dynamoDbCalls(dynamoDb), table: services.table, retentionDays: 90 }),
      publisher: createPublisher({ putEvents: putEventsCall(eventBridge), bus: 'schoolbell' }),
      clock: () => Date.now(),
    },
    close() {
      dynamoDb.destroy();
      eventBridge.destroy();
    },
  };
}
