import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { progressionItem } from '../functions/adapters/dynamodb/known-progressions.ts';
import { observe } from '../functions/adapters/kombo/progression-record.ts';
import type { Integration } from '../functions/contract/integration.ts';
import { change } from '../functions/core/journal/worker.ts';
import { withLease } from '../functions/core/operator/with-lease.ts';
import type { KnownProgression } from '../functions/core/state/progression.ts';
import { syntheticRecords } from '../local/sandbox/synthetic-records.ts';
import { benchPorts, LOCAL_CLIENT, SETTINGS, type Services } from './measured-process.ts';
import { CREATED_AT, HOUR_MS } from './surroundings.ts';

/** The maximum number of items in one BatchWriteItem. */
const BATCH = 25;
const BATCHES_AT_ONCE = 8;

/**
 * The number of the last journal entry in the states that are written here. The journal has no such entry.
 */
const ENTRY = 1;

/**
 * Writes the states that a first sync of an integration would store, faster than a first sync does. The next
 * poll reads everything.
 */
export async function seedTable(services: Services, integration: Integration, count: number): Promise<void> {
  const client = new DynamoDBClient({ ...LOCAL_CLIENT, endpoint: services.dynamoDb });
  const view = syntheticRecords({ integration: integration.id, count, createdAt: CREATED_AT }).at(CREATED_AT);
  const writeBatch = async (from: number) => {
    const items = Array.from({ length: Math.min(BATCH, count - from) }, (_, at) =>
      progressionItem(integration.id, knownOf(view.record(from + at))),
    );
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: { [services.table]: items.map((Item) => ({ PutRequest: { Item } })) },
      }),
    );
  };
  const batches = Array.from({ length: Math.ceil(count / BATCH) }, (_, at) => at * BATCH);
  await pMap(batches, writeBatch, { concurrency: BATCHES_AT_ONCE });
  client.destroy();
  await rereadEverything(services, integration, { known: count, entry: ENTRY });
}

/** Sets the watermark to a time before the first record, so that the next poll reads everything. */
export async function rereadEverything(
  services: Services,
  integration: Integration,
  seeded: { known?: number; entry?: number } = {},
  clock: () => number = Date.now,
): Promise<void> {
  const { ports, close } = benchPorts(services, { clock });
  const watermark = new Date(CREATED_AT - HOUR_MS).toISOString();
  const operated = await withLease(
    ports,
    SETTINGS,
    integration,
    `bench-${performance.now()}`,
    async (worker) => change(worker, { ...seeded, watermark, run: null }),
  );
  close();
  if (!operated.done) throw new Error(`Another worker holds the lease of ${integration.id}`);
}

function knownOf(record: unknown): KnownProgression {
  const seen = observe(record);
  if (!('observed' in seen)) throw new Error('A synthetic record does not match the schema');
  const { state, learner, course, erased } = seen.observed;
  const { title: _title, ...reference } = course;
  return {
    state,
    learner,
    course: reference,
    erased,
    discarded: null,
    unpublishedRemoval: null,
    entry: ENTRY,
  };
}
