import type { DynamoDbCalls } from '../functions/adapters/dynamodb/dynamodb-calls.ts';
import type { IntegrationId } from '../functions/contract/integration.ts';
import { runPoll } from '../functions/core/poll/run-poll.ts';
import { benchPorts, integrationOf, SETTINGS } from './measured-process.ts';
import { rereadEverything } from './reread.ts';
import { startSurroundings } from './surroundings.ts';

/** The owner of leases: as long as a random one, but constant, so that equal entries have the same size. */
const OWNER = '00000000-0000-4000-8000-000000000000';

export type PollCounts = {
  kombo: number;
  dynamoDb: number;
  readUnits: number;
  writeUnits: number;
  putEvents: number;
  events: number;
  /** The compressed size of the journal entries that the poll appended, in bytes. */
  journalBytes: number;
};

type Counter = Omit<PollCounts, 'kombo' | 'events'>;
const NOTHING: Counter = { dynamoDb: 0, readUnits: 0, writeUnits: 0, putEvents: 0, journalBytes: 0 };

/** Starts a sandbox with `count` records of one integration, which is in the table but not polled yet. */
export async function openCountedSchool(id: IntegrationId, count: number) {
  const surroundings = await startSurroundings([{ id, count }], 'embedded');
  const { services, clock, control, countEvents } = surroundings;
  const counter = { ...NOTHING };
  const { ports, close } = benchPorts(services, {
    calls: (calls) => countedCalls(calls, counter),
    putEvents: (call) => (input) => {
      counter.putEvents += 1;
      return call(input);
    },
    clock: clock.now,
  });
  await ports.store.changeIntegration(id, () => integrationOf(id));
  return {
    clock,
    change: (every: number) => surroundings.change(id, every),
    reread: () => rereadEverything(services, integrationOf(id), clock.now),
    /** Polls once, as the poll function does for a message. Throws if the poll does not end. */
    async poll(): Promise<PollCounts> {
      const [requests, events] = [control.requests, countEvents()];
      Object.assign(counter, NOTHING);
      const integration = await ports.store.readIntegration(id);
      if (integration === null) throw new Error(`The table has no integration ${id}`);
      const outcome = await runPoll(ports, SETTINGS, { integration, owner: OWNER, timeLeft: () => true });
      if (outcome.kind !== 'ended')
        throw new Error(`the outcome of the poll must be "ended": ${JSON.stringify(outcome)}`);
      return { ...counter, kombo: control.requests - requests, events: countEvents() - events };
    },
    async close() {
      close();
      await surroundings.close();
    },
  };
}

type Consumed = { CapacityUnits?: number | undefined };
type Response = { ConsumedCapacity?: Consumed | Consumed[] | undefined };

function countedCalls(calls: DynamoDbCalls, counter: Counter): DynamoDbCalls {
  const counted =
    <Input extends object, Output extends Response>(
      units: 'readUnits' | 'writeUnits',
      call: (input: Input & { ReturnConsumedCapacity: 'TOTAL' }) => Promise<Output>,
    ) =>
    async (input: Input): Promise<Output> => {
      counter.dynamoDb += 1;
      const response = await call({ ...input, ReturnConsumedCapacity: 'TOTAL' });
      for (const { CapacityUnits = 0 } of [response.ConsumedCapacity ?? []].flat()) {
        counter[units] += CapacityUnits;
      }
      return response;
    };
  const putItem = counted('writeUnits', calls.putItem);
  return {
    getItem: counted('readUnits', calls.getItem),
    batchGetItem: counted('readUnits', calls.batchGetItem),
    query: counted('readUnits', calls.query),
    putItem(input) {
      if (input.Item?.['pk']?.S?.startsWith('journal/')) {
        counter.journalBytes += input.Item['content']?.B?.byteLength ?? 0;
      }
      return putItem(input);
    },
    updateItem: counted('writeUnits', calls.updateItem),
    deleteItem: counted('writeUnits', calls.deleteItem),
    batchExecuteStatement: counted('writeUnits', calls.batchExecuteStatement),
  };
}
