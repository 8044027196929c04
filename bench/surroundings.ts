import type { IntegrationId } from '../functions/contract/integration.ts';
import { startBus } from '../local/bus/bus.ts';
import { startEmbeddedDynamoDb } from '../local/embedded-dynamodb.ts';
import { nativeDynamoDb, startNativeDynamoDb } from '../local/native-dynamodb.ts';
import { steppedClock } from '../local/sandbox/clock.ts';
import { startSandbox } from '../local/sandbox/server.ts';
import { type SyntheticRecords, syntheticRecords } from '../local/sandbox/synthetic-records.ts';
import { CREATED_AT, HOUR_MS, KEY, type Services } from './measured-process.ts';

export type School = { id: IntegrationId; count: number };

/**
 * Starts the sandbox, the bus, and a DynamoDB engine with the table.
 *
 * @param engine without the package @dynoxide/linux-x64, `embedded` is used instead of `native`
 * @param responseMs the sandbox's response time, in milliseconds
 */
export async function startSurroundings(schools: School[], engine: 'native' | 'embedded', responseMs = 0) {
  const clock = steppedClock(CREATED_AT + HOUR_MS);
  const records = new Map<IntegrationId, SyntheticRecords>(
    schools.map(({ id, count }) => [id, syntheticRecords({ integration: id, count, createdAt: CREATED_AT })]),
  );
  let events = 0;
  const countEvent = () => {
    events += 1;
  };
  const bus = await startBus({ onEvent: countEvent });
  const file = engine === 'native' ? nativeDynamoDb() : null;
  const database = await (file === null ? startEmbeddedDynamoDb() : startNativeDynamoDb(file));
  const sandbox = await startSandbox({
    apiKey: KEY,
    clock,
    integrations: [...records].map(([id, source]) => ({ id, records: source })),
  });
  sandbox.control.delayMs = responseMs;
  const services: Services = {
    kombo: sandbox.url,
    bus: bus.endpoint,
    dynamoDb: database.endpoint,
    table: database.table,
  };
  return {
    services,
    clock,
    control: sandbox.control,
    /** Returns the number of events that the bus has received. */
    countEvents: () => events,
    /** Advances the clock by an hour, and then changes every n-th record, where n is `every`. */
    change(integration: IntegrationId, every: number): void {
      clock.advance(HOUR_MS);
      records.get(integration)?.change(every, clock.now());
    },
    async [Symbol.asyncDispose]() {
      await sandbox.close();
      await bus.close();
      await database.close();
    },
  };
}
