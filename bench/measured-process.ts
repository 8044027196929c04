import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import * as z from 'zod/mini';
import { dynamoDbCalls } from '../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../functions/adapters/dynamodb/store.ts';
import { createPublisher } from '../functions/adapters/eventbridge/publisher.ts';
import { putEventsCall } from '../functions/adapters/eventbridge/put-events.ts';
import { createKombo } from '../functions/adapters/kombo/kombo.ts';
import type { Integration, IntegrationId } from '../functions/contract/integration.ts';
import { change } from '../functions/core/journal/worker.ts';
import { withLease } from '../functions/core/operator/with-lease.ts';
import type { Ports } from '../functions/core/ports.ts';
import { runSettings } from '../functions/run-settings.ts';

export const Services = z.object({
  /** The base URL of the sandbox, which ends with `/v1`. */
  kombo: z.string(),
  bus: z.string(),
  dynamoDb: z.string(),
  table: z.string(),
});
export type Services = z.infer<typeof Services>;

/** The API key that the sandbox accepts. */
export const KEY = 'key-of-the-benchmark';

/** The options of AWS clients. The DynamoDB engines and the local bus do not check the credentials. */
export const LOCAL_CLIENT = {
  region: 'local',
  credentials: { accessKeyId: 'benchmark', secretAccessKey: 'benchmark' },
  cacheMiddleware: true,
};

/** The default settings of a deployment. */
export const SETTINGS = runSettings({
  OVERLAP_SECONDS: 900,
  LEARNER_DETAILS: 'omit',
  SURGE_SHARE: 0.1,
  SURGE_FLOOR: 25,
});

export function integrationOf(id: IntegrationId): Integration {
  return { id, state: 'active', baseline: { mode: 'silent' }, addedAt: '2026-03-01T00:00:00.000Z' };
}

/** Creates the functions' adapters, connected to the services of the benchmark. */
export function benchPorts(services: Services, clock: Ports['clock'] = Date.now) {
  const dynamoDb = new DynamoDBClient({ ...LOCAL_CLIENT, endpoint: services.dynamoDb });
  const eventBridge = new EventBridgeClient({ ...LOCAL_CLIENT, endpoint: services.bus });
  const ports: Ports = {
    kombo: createKombo({ baseUrl: services.kombo, apiKey: async () => KEY }),
    store: createStore({ calls: dynamoDbCalls(dynamoDb), table: services.table, retentionDays: 90 }),
    publisher: createPublisher({ putEvents: putEventsCall(eventBridge), bus: 'schoolbell' }),
    clock,
  };
  return {
    ports,
    clients: { dynamoDb, eventBridge },
    close() {
      dynamoDb.destroy();
      eventBridge.destroy();
    },
  };
}

/** The time at which the sandbox's records were created. */
export const CREATED_AT = Date.parse('2026-03-01T08:00:00.000Z');

export const HOUR_MS = 60 * 60 * 1000;

/** Ends the run in progress, and makes the next poll read all records. Throws if a poll holds the lease. */
export async function rereadEverything(
  services: Services,
  integration: Integration,
  clock: Ports['clock'] = Date.now,
): Promise<void> {
  const { ports, close } = benchPorts(services, clock);
  const watermark = new Date(CREATED_AT - HOUR_MS).toISOString();
  const owner = `bench-${performance.now()}`;
  const operated = await withLease(ports, SETTINGS, integration, owner, async (worker) =>
    change(worker, { watermark, run: null }),
  );
  close();
  if (!operated.done)
    throw new Error(`${integration.id} cannot be measured, because another process polls it`);
}

/** What a process used for its task. The times do not include loading the code. */
export const Spent = z.object({
  wallMs: z.number(),
  /** User and system time on all processors. */
  cpuMs: z.number(),
  /** The peak memory of the process, which includes its code. */
  peakMb: z.number(),
  pages: z.int(),
  records: z.int(),
});
export type Spent = z.infer<typeof Spent>;
