import { startBus } from '../local/bus/bus.ts';
import { startEmbeddedDynamoDb } from '../local/embedded-dynamodb.ts';
import { steppedClock } from '../local/sandbox/sandbox-clock.ts';
import { startSandbox } from '../local/sandbox/server.ts';
import { syntheticRecords } from '../local/sandbox/synthetic-records.ts';
import { INTEGRATION, KEY, type Services } from './memory-worker.ts';

/** What a measured worker talks to, in this process: a Kombo of so many records, a table in memory, a bus. */
const clock = steppedClock(Date.parse('2026-03-02T08:00:00Z'));
const createdAt = Date.parse('2026-03-01T08:00:00Z');
const records = syntheticRecords({ integration: INTEGRATION, count: Number(process.argv[2]), createdAt });
const sandbox = await startSandbox({ apiKey: KEY, integrations: [{ id: INTEGRATION, records }], clock });
const engine = await startEmbeddedDynamoDb();
const bus = await startBus({ onEvent: () => undefined });

const services: Services = {
  kombo: sandbox.url,
  dynamoDb: engine.endpoint,
  table: engine.table,
  bus: bus.endpoint,
};
process.send?.(services);
