import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { costTable, shortCostRows } from '../../bench/cost-model.ts';
import { countedCalls } from '../../bench/counted-calls.ts';
import { pollRequests } from '../../bench/requests-model.ts';
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
/** As random as Kombo's, so that they are as hard to compress. */
const idOf = (name: string) => createHash('sha256').update(name).digest('base64url').slice(0, 24);

function recordOf(place: number, given: { status?: 'DROPPED'; changed_at?: string } = {}) {
  const user = idOf(`user ${place}`);
  const revision = idOf(`revision ${place}`);
  return {
    ...someRecord,
    id: idOf(`progression ${place}`),
    user_id: user,
    course_revision_id: revision,
    user: { id: user, remote_id: String(1000 + place), first_name: null, last_name: null, work_email: null },
    course_revision: {
      id: revision,
      remote_id: `r-${place}`,
      title: 'First aid',
      course: { id: idOf(`course ${place}`), remote_id: `c-${place}` },
    },
    ...given,
  };
}

const records = fixedRecords(Array.from({ length: 40 }, (_, at) => recordOf(at)));
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
  await store.changeIntegration(INTEGRATION, () => ({
    id: INTEGRATION,
    state: 'active',
    baseline: { mode: 'silent' },
    addedAt,
  }));
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
  const idle = pollRequests({ records: 0, changes: 0 });
  expect(await used()).toEqual({ read: idle.readUnits, write: idle.writeUnits });

  clock.advance(HOUR_MS);
  const at = new Date(clock.now()).toISOString();
  for (let place = 0; place < 20; place += 1) {
    records.put(recordOf(place, { status: 'DROPPED', changed_at: at }));
  }
  const busy = pollRequests({ records: 20, changes: 20 });
  expect(await used()).toEqual({ read: busy.readUnits, write: busy.writeUnits });
});

it('the documented bill is the one of the model', () => {
  expect(readFileSync('docs/cost.md', 'utf8')).toContain(costTable());
});

it("the README's bill is the one of the model", () => {
  const rows = readFileSync('README.md', 'utf8').matchAll(/^\| +(\d+) \| +(\$[\d.]+) \| +(\$[\d.]+) \|$/gm);
  expect([...rows].map(([, ...cells]) => cells)).toEqual(shortCostRows());
});
