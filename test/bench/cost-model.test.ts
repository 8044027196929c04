import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { costTable, entryUnits, PER_POLL, shortCostRows } from '../../bench/cost-model.ts';
import { countedCalls } from '../../bench/counted-calls.ts';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import { createKombo } from '../../functions/adapters/kombo/kombo.ts';
import { pollHandler } from '../../functions/poll.ts';
import {
  EMBEDDED_CREDENTIALS,
  type EmbeddedDynamoDb,
  startEmbeddedDynamoDb,
} from '../../local/embedded-dynamodb.ts';
import { fixedRecords } from '../../local/sandbox/fixed-records.ts';
import { steppedClock } from '../../local/sandbox/sandbox-clock.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/server.ts';
import { recordingPublisher } from '../support/recording-publisher.ts';
import { someRecord } from '../support/some-record.ts';

const INTEGRATION = 'moodle:7C9M5sXAQx2cNMpVHLojrFpL';
const HOUR_MS = 60 * 60 * 1000;
const clock = steppedClock(Date.parse('2026-03-01T09:00:00.000Z'));
const records = fixedRecords(
  Array.from({ length: 40 }, (_, at) => ({ ...someRecord, id: `clz0000000000000000000${at}` })),
);
let database: EmbeddedDynamoDb;
let sandbox: Sandbox;

beforeAll(async () => {
  database = await startEmbeddedDynamoDb();
  sandbox = await startSandbox({ apiKey: 'key', clock, integrations: [{ id: INTEGRATION, records }] });
});

afterAll(async () => {
  await sandbox.close();
  await database.close();
});

it('the model of the bill holds what polls really use', async () => {
  const client = new DynamoDBClient({
    endpoint: database.endpoint,
    region: 'local',
    credentials: EMBEDDED_CREDENTIALS,
  });
  const { calls, used: units } = countedCalls(dynamoDbCalls(client));
  const store = createStore({ calls, table: database.table, retentionDays: 90 });
  const addedAt = new Date(clock.now()).toISOString();
  await store.writeIntegration({ id: INTEGRATION, state: 'active', baseline: { mode: 'silent' }, addedAt });
  const poll = pollHandler({
    ports: {
      store,
      kombo: createKombo({ baseUrl: sandbox.url, apiKey: async () => 'key' }),
      publisher: recordingPublisher(),
      clock: clock.now,
    },
    settings: {
      overlapMs: HOUR_MS / 4,
      learnerDetails: 'omit',
      leaseMs: HOUR_MS / 20,
      surgeShare: 0.1,
      surgeFloor: 25,
      reconcileSliceMs: HOUR_MS / 60,
    },
    queue: { send: async () => undefined },
    report: () => undefined,
  });
  const used = async () => {
    const before = { ...units };
    await poll(
      { Records: [{ body: JSON.stringify({ integration: INTEGRATION }) }] },
      { getRemainingTimeInMillis: () => 300_000 },
    );
    return { read: units.read - before.read, write: units.write - before.write };
  };
  await used();

  clock.advance(HOUR_MS);
  expect(await used()).toEqual({ read: PER_POLL.read, write: PER_POLL.write });

  clock.advance(HOUR_MS);
  const at = new Date(clock.now()).toISOString();
  for (let place = 0; place < 20; place += 1) {
    records.put({ ...someRecord, id: `clz0000000000000000000${place}`, status: 'DROPPED', changed_at: at });
  }
  const busy = await used();
  expect(busy).toEqual({
    read: PER_POLL.read + 20 * PER_POLL.readPerRecord,
    write: PER_POLL.write + PER_POLL.writeWithChanges + entryUnits(20) + 20 * PER_POLL.writePerChange,
  });
});

it('the documented bill is the one of the model', () => {
  expect(readFileSync('docs/cost.md', 'utf8')).toContain(costTable());
});

it("the README's bill is the one of the model", () => {
  const rows = readFileSync('README.md', 'utf8').matchAll(/^\| +(\d+) \| +(\$[\d.]+) \| +(\$[\d.]+) \|$/gm);
  expect([...rows].map(([, ...cells]) => cells)).toEqual(shortCostRows());
});
