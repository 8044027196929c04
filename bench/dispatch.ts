import { BatchWriteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import * as z from 'zod/mini';
import { checkpointPlace, integrationPlace } from '../functions/adapters/dynamodb/keys.ts';
import { keyOf } from '../functions/adapters/dynamodb/table.ts';
import { type Checkpoint, newCheckpoint } from '../functions/core/checkpoint.ts';
import { bundled } from './processes/bundle.ts';
import { startChild } from './processes/child.ts';
import type { DispatcherTask } from './processes/dispatcher.ts';
import { CREDENTIALS } from './processes/services.ts';
import { Spent } from './processes/spent.ts';

/**
 * What one dispatch spends for so many integrations: when all are well, and when Kombo has not answered for hours, so that
 * each of them is looked at for an entry that was left. `node bench/dispatch.ts 10000`
 */
const BATCH = 25;
const BATCHES_AT_ONCE = 8;
const HOUR_MS = 60 * 60 * 1000;

const count = Number(process.argv[2] ?? 10_000);
const engine = startChild('embedded-engine.ts', {});
const table = z.object({ dynamoDb: z.string(), table: z.string() }).parse(await engine.said());
const taker = startChild('taking-queue.ts', {});
const { queue } = z.object({ queue: z.url() }).parse(await taker.said());
const dispatcher = await bundled('dispatcher.ts');
const client = new DynamoDBClient({ region: 'local', credentials: CREDENTIALS, endpoint: table.dynamoDb });
const ids = Array.from({ length: count }, (_, at) => `moodle:${String(at).padStart(24, '0')}`);

try {
  await write(
    ids.map((id) => ({ ...keyOf(integrationPlace(id)), content: { S: JSON.stringify(settings(id)) } })),
  );
  for (const [name, checkpointOf] of Object.entries({ 'all are well': well, 'all are troubled': troubled })) {
    await write(
      ids.map((id) => ({ ...keyOf(checkpointPlace(id)), content: { S: JSON.stringify(checkpointOf(id)) } })),
    );
    const task: DispatcherTask = { ...table, queue };
    const spent = Spent.parse(await startChild(dispatcher, task).said());
    const seconds = (ms: number) => (ms / 1000).toFixed(2);
    console.log(
      `${count} integrations, ${name}: ${spent.records} messages, ${seconds(spent.cpuMs)} s of processor time, ${seconds(spent.wallMs)} s, ${spent.peakMb.toFixed(0)} MB`,
    );
  }
} finally {
  client.destroy();
  engine.stop();
  taker.stop();
}

function settings(id: string) {
  return { id, state: 'active', baseline: { mode: 'silent' }, addedAt: ago(1000) };
}

/** Some 900 bytes, as they are after a week. */
function well(id: string): Checkpoint {
  const run = {
    startedAt: ago(0.3),
    endedAt: ago(0.25),
    pages: 1,
    records: 50,
    events: 20,
    missed: 0,
    setAside: 0,
    unknownStatuses: 0,
  };
  return {
    ...newCheckpoint(id),
    revision: 10_000,
    entry: 1_000,
    watermark: ago(0.3),
    lastRun: { ...run, mode: 'incremental' },
    lastReconciliation: { ...run, mode: 'reconcile', pages: 40, records: 10_000 },
    known: 10_000,
  };
}

function troubled(id: string): Checkpoint {
  const trouble = { kind: 'transient', code: null, message: 'Kombo does not answer', logUrl: null } as const;
  return {
    ...well(id),
    health: {
      state: 'troubled',
      since: ago(5),
      failures: 9,
      failedAt: ago(1),
      retryAt: ago(0.1),
      mustBeTold: true,
      told: true,
      trouble,
    },
  };
}

function ago(hours: number): string {
  return new Date(Date.now() - hours * HOUR_MS).toISOString();
}

async function write(items: Record<string, { S: string }>[]): Promise<void> {
  const batches = Array.from({ length: Math.ceil(items.length / BATCH) }, (_, at) =>
    items.slice(at * BATCH, (at + 1) * BATCH),
  );
  const put = (batch: typeof items) =>
    client.send(
      new BatchWriteItemCommand({
        RequestItems: { [table.table]: batch.map((Item) => ({ PutRequest: { Item } })) },
      }),
    );
  await pMap(batches, put, { concurrency: BATCHES_AT_ONCE });
}
