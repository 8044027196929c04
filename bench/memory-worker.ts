import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { dynamoDbCalls } from '../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../functions/adapters/dynamodb/store.ts';
import { createPublisher } from '../functions/adapters/eventbridge/publisher.ts';
import { putEventsCall } from '../functions/adapters/eventbridge/put-events.ts';
import { createKombo } from '../functions/adapters/kombo/kombo.ts';
import type { PollMode } from '../functions/contract/poll-mode.ts';
import type { Kombo } from '../functions/core/ports.ts';
import { runPoll } from '../functions/core/run-poll.ts';
import { runSettings } from '../functions/run-settings.ts';
import { EMBEDDED_CREDENTIALS } from '../local/embedded-dynamodb.ts';

export const INTEGRATION = 'moodle:memory';
export const KEY = 'key-of-the-benchmark';

/** Where a worker finds what it talks to. */
export const Services = z.object({
  kombo: z.string(),
  dynamoDb: z.string(),
  table: z.string(),
  bus: z.string(),
});
export type Services = z.infer<typeof Services>;

export const Measured = z.object({
  records: z.number(),
  seconds: z.number(),
  /** The most that the process ever had in memory, programs and libraries included. */
  peakRssMb: z.number(),
  /** The most that was in use after a collection of garbage, looked at every `PAGES_A_LOOK` pages. */
  heapMb: z.number(),
});
export type Measured = z.infer<typeof Measured>;

const PAGES_A_LOOK = 20;
const MB = 1024 * 1024;

if (import.meta.main) {
  const [services, mode] = process.argv.slice(2);
  const measured = await measure(
    Services.parse(JSON.parse(services ?? '')),
    mode === 'baseline' ? 'baseline' : 'reconcile',
  );
  process.send?.(measured);
  process.disconnect();
}

/** Runs one poll to its end in this process. */
async function measure(services: Services, mode: PollMode): Promise<Measured> {
  const client = { region: 'local', credentials: EMBEDDED_CREDENTIALS };
  const dynamoDb = new DynamoDBClient({ ...client, endpoint: services.dynamoDb });
  const eventBridge = new EventBridgeClient({ ...client, endpoint: services.bus });
  const heap = { pages: 0, most: 0 };
  const ports = {
    kombo: lookingAtHeap(createKombo({ baseUrl: services.kombo, apiKey: async () => KEY }), heap),
    store: createStore({ calls: dynamoDbCalls(dynamoDb), table: services.table, retentionDays: 90 }),
    publisher: createPublisher({ putEvents: putEventsCall(eventBridge), bus: 'schoolbell' }),
    clock: Date.now,
  };
  const settings = {
    ...runSettings({ OVERLAP_SECONDS: 900, LEARNER_DETAILS: 'omit', SURGE_SHARE: 0.1, SURGE_FLOOR: 25 }),
    reconcileSliceMs: Number.POSITIVE_INFINITY,
  };
  const begun = performance.now();
  const outcome = await runPoll(ports, settings, {
    integration: {
      id: INTEGRATION,
      state: 'active',
      baseline: { mode: 'silent' },
      addedAt: '2026-03-01T00:00:00.000Z',
    },
    mode,
    owner: mode,
    timeLeft: () => true,
  });
  if (outcome.kind !== 'ended') throw new Error(`the poll did not end: ${JSON.stringify(outcome)}`);
  const seconds = (performance.now() - begun) / 1000;
  dynamoDb.destroy();
  eventBridge.destroy();
  return {
    records: outcome.ended.reduce((sum, { records }) => sum + records, 0),
    seconds,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    heapMb: heap.most / MB,
  };
}

function lookingAtHeap(kombo: Kombo, heap: { pages: number; most: number }): Kombo {
  return {
    ...kombo,
    readPage(request, signal) {
      heap.pages += 1;
      if (heap.pages % PAGES_A_LOOK === 0) {
        globalThis.gc?.();
        heap.most = Math.max(heap.most, process.memoryUsage().heapUsed);
      }
      return kombo.readPage(request, signal);
    },
  };
}
