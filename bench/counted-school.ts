import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { dynamoDbCalls } from '../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../functions/adapters/dynamodb/store.ts';
import { createPublisher } from '../functions/adapters/eventbridge/publisher.ts';
import { putEventsCall } from '../functions/adapters/eventbridge/put-events.ts';
import { createKombo } from '../functions/adapters/kombo/kombo.ts';
import type { Integration, IntegrationId } from '../functions/contract/integration.ts';
import type { Worker } from '../functions/core/journal/worker.ts';
import { setWatermark } from '../functions/core/operator/operator-changes.ts';
import { withLease } from '../functions/core/operator/with-lease.ts';
import { runPoll } from '../functions/core/poll/run-poll.ts';
import type { Ports } from '../functions/core/ports.ts';
import { startBus } from '../local/bus/bus.ts';
import { EMBEDDED_CREDENTIALS, startEmbeddedDynamoDb } from '../local/embedded-dynamodb.ts';
import { type SandboxClock, steppedClock } from '../local/sandbox/sandbox-clock.ts';
import { startSandbox } from '../local/sandbox/server.ts';
import { type SyntheticRecords, syntheticRecords } from '../local/sandbox/synthetic-records.ts';
import { countedCalls } from './counted-calls.ts';
import { SETTINGS } from './processes/ports.ts';
import { CREATED_AT, KEY } from './processes/services.ts';

/** As long as the function's own; always the same, so that the bytes of an entry are. */
const OWNER = '00000000-0000-4000-8000-000000000000';

/** What a call of the poll function used. */
export type PollCounts = {
  kombo: number;
  dynamoDb: number;
  readUnits: number;
  writeUnits: number;
  putEvents: number;
  events: number;
  /** Bytes of the journal entries that it appended. */
  journalBytes: number;
};

/** Integrations polled over an embedded engine, with everything counted. */
export type CountedSchool = {
  clock: SandboxClock;
  records: Map<IntegrationId, SyntheticRecords>;
  /** Lets the next poll read everything again. */
  reread(integration: IntegrationId): Promise<void>;
  /** Does what the poll function does for a message of the queue. */
  poll(integration: IntegrationId): Promise<PollCounts>;
  close(): Promise<void>;
};

/** All integrations are there and active; none was polled yet. */
export async function openCountedSchool(
  schools: { id: IntegrationId; count: number }[],
): Promise<CountedSchool> {
  const clock = steppedClock(CREATED_AT + 60 * 60 * 1000);
  const records = new Map(
    schools.map(({ id, count }) => [id, syntheticRecords({ integration: id, count, createdAt: CREATED_AT })]),
  );
  let events = 0;
  const countEvent = () => {
    events += 1;
  };
  const bus = await startBus({ onEvent: countEvent });
  const database = await startEmbeddedDynamoDb();
  const sandbox = await startSandbox({
    apiKey: KEY,
    clock,
    integrations: [...records].map(([id, source]) => ({ id, records: source })),
  });
  const client = { region: 'local', credentials: EMBEDDED_CREDENTIALS, cacheMiddleware: true };
  const dynamoDb = new DynamoDBClient({ ...client, endpoint: database.endpoint });
  const eventBridge = new EventBridgeClient({ ...client, endpoint: bus.endpoint });

  const { calls, used } = countedCalls(dynamoDbCalls(dynamoDb));
  let putEvents = 0;
  let journalBytes = 0;
  const put = putEventsCall(eventBridge);
  const store = createStore({
    calls: {
      ...calls,
      putItem: (input) => {
        if (input.Item?.['pk']?.S?.startsWith('journal/')) {
          journalBytes += input.Item['content']?.B?.byteLength ?? 0;
        }
        return calls.putItem(input);
      },
    },
    table: database.table,
    retentionDays: 90,
  });
  const ports: Ports = {
    store,
    kombo: createKombo({ baseUrl: sandbox.url, apiKey: async () => KEY }),
    publisher: createPublisher({
      putEvents: (input) => {
        putEvents += 1;
        return put(input);
      },
      bus: 'schoolbell',
    }),
    clock: clock.now,
  };
  const integrationOf = (id: IntegrationId): Integration => {
    const addedAt = new Date(CREATED_AT).toISOString();
    return { id, state: 'active', baseline: { mode: 'silent' }, addedAt };
  };
  for (const { id } of schools) await store.changeIntegration(id, () => integrationOf(id));
  const counted = (): PollCounts => ({
    kombo: sandbox.control.requests(),
    dynamoDb: used.requests,
    readUnits: used.read,
    writeUnits: used.write,
    putEvents,
    events,
    journalBytes,
  });
  const since = (before: PollCounts): PollCounts => {
    const after = counted();
    return {
      kombo: after.kombo - before.kombo,
      dynamoDb: after.dynamoDb - before.dynamoDb,
      readUnits: after.readUnits - before.readUnits,
      writeUnits: after.writeUnits - before.writeUnits,
      putEvents: after.putEvents - before.putEvents,
      events: after.events - before.events,
      journalBytes: after.journalBytes - before.journalBytes,
    };
  };

  return {
    clock,
    records,
    async reread(integration) {
      const before = new Date(CREATED_AT - 60 * 60 * 1000).toISOString();
      const set = (worker: Worker) => setWatermark(worker, before, { force: false });
      await withLease(ports, SETTINGS, integrationOf(integration), 'operator', async (worker) => set(worker));
    },
    async poll(integration) {
      const before = counted();
      const stored = await store.readIntegration(integration);
      if (stored === null) throw new Error(`${integration} is not there`);
      const outcome = await runPoll(ports, SETTINGS, {
        integration: stored,
        owner: OWNER,
        timeLeft: () => true,
      });
      if (outcome.kind !== 'ended') throw new Error(`the poll did not end: ${JSON.stringify(outcome)}`);
      return since(before);
    },
    async close() {
      dynamoDb.destroy();
      eventBridge.destroy();
      await sandbox.close();
      await bus.close();
      await database.close();
    },
  };
}
