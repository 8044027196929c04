import type { IntegrationId } from '../functions/contract/integration.ts';
import { runPoll } from '../functions/core/poll/run-poll.ts';
import { benchPorts, integrationOf, rereadEverything, SETTINGS } from './measured-process.ts';
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
  const { ports, clients, close } = benchPorts(services, clock.now);
  countRequests(clients, counter);
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
    async [Symbol.asyncDispose]() {
      close();
      await surroundings[Symbol.asyncDispose]();
    },
  };
}

const READS = ['GetItemCommand', 'BatchGetItemCommand', 'QueryCommand'];

/** Counts the requests of the clients, and the capacity units that DynamoDB returns for each request. */
function countRequests(
  { dynamoDb, eventBridge }: ReturnType<typeof benchPorts>['clients'],
  counter: Counter,
): void {
  dynamoDb.middlewareStack.add((next, { commandName = '' }) => async (args) => {
    counter.dynamoDb += 1;
    if ('Item' in args.input && args.input.Item?.['pk']?.S?.startsWith('journal/')) {
      counter.journalBytes += args.input.Item['content']?.B?.byteLength ?? 0;
    }
    const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
    const consumed = 'ConsumedCapacity' in result.output ? [result.output.ConsumedCapacity ?? []].flat() : [];
    for (const capacity of consumed) {
      const units = 'CapacityUnits' in capacity ? (capacity.CapacityUnits ?? 0) : 0;
      counter[READS.includes(commandName) ? 'readUnits' : 'writeUnits'] += units;
    }
    return result;
  });
  eventBridge.middlewareStack.add((next) => (args) => {
    counter.putEvents += 1;
    return next(args);
  });
}
