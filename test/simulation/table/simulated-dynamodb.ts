import type {
  BatchExecuteStatementCommandInput,
  BatchExecuteStatementCommandOutput,
  BatchGetItemCommandInput,
  BatchGetItemCommandOutput,
  BatchStatementResponse,
  GetItemCommandInput,
  PutItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDbCalls } from '../../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { isConditionFailed } from '../../../functions/adapters/dynamodb/translate-errors.ts';
import { type Translated, translateStatements } from '../../../local/partiql.ts';
import { type Overtaken, overtakenWatch } from '../checks/overtaken.ts';
import type { FaultKind, Faults } from '../world/faults.ts';
import type { Random } from '../world/random.ts';
import { networkError, sdkError } from '../world/sdk-errors.ts';
import type { VirtualTime } from '../world/virtual-time.ts';
import { latencyOf, type WorkerProcess } from '../world/worker-process.ts';
import { type Item, validation } from './attribute-values.ts';
import { type MemoryTable, placeholdersOf, present } from './memory-table.ts';
import { project } from './projection.ts';

/** The time in milliseconds for which a read without `ConsistentRead` may not see a write. */
const STALE_MS = 5_000;

type World = {
  time: VirtualTime;
  random: Random;
  faults: Faults;
  table: MemoryTable;
  overtaken: Overtaken;
};

/**
 * Creates DynamoDB as one process sees it through the AWS SDK. Every call takes time, and may fail before or
 * after it took effect, take effect twice (because the SDK retries), or take effect much later than its
 * caller waits.
 */
export function simulatedDynamoDb(process: WorkerProcess, world: World): DynamoDbCalls {
  const { time, random, faults, table } = world;
  const watch = overtakenWatch(process.name, world);

  const send = <T>(what: string, effect: () => T) =>
    process.request(`dynamodb ${what}`, effect, latencyOf(random, faults));

  const read = <T>(what: string, effect: () => T): Promise<T> => {
    if (faults.strikes('table-throttled')) return send(`${what} throttled`, throttle);
    if (faults.strikes('table-unreachable')) return send(`${what} unreachable`, lose);
    return send(what, effect);
  };

  const write = <T>(what: string, effect: () => T): Promise<T> => {
    watch.sends(what);
    const strikes = (kind: FaultKind) => faults.strikes(kind);
    if (strikes('table-throttled')) return send(`${what} throttled`, throttle);
    if (strikes('table-unreachable')) return send(`${what} unreachable`, lose);
    if (strikes('table-answer-lost')) {
      return send(`${what} answer lost`, () => {
        ignoringErrors(effect);
        return lose();
      });
    }
    if (strikes('table-write-repeated')) {
      return send(`${what} twice`, () => {
        ignoringErrors(effect);
        return effect();
      });
    }
    if (strikes('table-write-delayed')) {
      return send(`${what} delayed`, () => {
        time.after(random.int(1, random.pick([2_000, 60_000, 600_000])), () => ignoringErrors(effect));
        return lose();
      });
    }
    return send(what, effect);
  };

  const see = (key: Item, isConsistent: boolean | undefined) =>
    isConsistent ? table.get(key) : table.getStale(key, random.chance(0.5) ? STALE_MS : 0);

  return {
    getItem: (input) =>
      read(`get ${keyText(input.Key)}`, () => {
        const item = see(present(input.Key), input.ConsistentRead);
        watch.looks(item);
        return item === undefined ? METADATA : { Item: projected(item, input), ...METADATA };
      }),
    batchGetItem: (input) =>
      read('batch get', () => {
        watch.reads();
        return batchGet(input, see, random, faults);
      }),
    putItem: (input) =>
      write(`put ${itemText(input)}`, () =>
        watch.put(input, () => ({ Attributes: table.put(input), ...METADATA })),
      ),
    async updateItem(input) {
      try {
        return await write(`update ${keyText(input.Key)}`, () =>
          watch.update(input, () => ({ Attributes: table.update(input), ...METADATA })),
        );
      } catch (error) {
        watch.failed(input, error);
        throw error;
      }
    },
    deleteItem: (input) =>
      write(`delete ${keyText(input.Key)}`, () => ({ Attributes: table.delete(input), ...METADATA })),
    query: (input) =>
      read('query', () =>
        table.query(input, faults.strikes('table-short-page') ? random.int(1, 3) : undefined),
      ),
    batchExecuteStatement: (input) =>
      write('batch of statements', () => executeStatements(input, table, random, faults)),
  };
}

const METADATA = { $metadata: {} };

function batchGet(
  { RequestItems }: BatchGetItemCommandInput,
  see: (key: Item, isConsistent: boolean | undefined) => Item | undefined,
  random: Random,
  faults: Faults,
): BatchGetItemCommandOutput {
  const answer: BatchGetItemCommandOutput = { Responses: {}, UnprocessedKeys: {}, ...METADATA };
  for (const [table, request] of Object.entries(RequestItems ?? {})) {
    const keys = request.Keys ?? [];
    if (keys.length > 100) throw validation('Too many items requested for the BatchGetItem call');
    if (new Set(keys.map(keyText)).size < keys.length) {
      throw validation('Provided list of item keys contains duplicates');
    }
    const isShort = faults.strikes('table-keys-unprocessed');
    const processed = keys.filter(() => !isShort || random.chance(0.5));
    const left = keys.filter((key) => !processed.includes(key));
    const found = processed.flatMap((key) => {
      const item = see(key, request.ConsistentRead);
      return item === undefined ? [] : [projected(item, request)];
    });
    if (answer.Responses) answer.Responses[table] = random.shuffle(found);
    if (answer.UnprocessedKeys && left.length > 0) answer.UnprocessedKeys[table] = { ...request, Keys: left };
  }
  return answer;
}

/**
 * Executes each statement separately. A statement may fail without an effect, or fail although it took
 * effect.
 */
function executeStatements(
  { Statements = [] }: BatchExecuteStatementCommandInput,
  table: MemoryTable,
  random: Random,
  faults: Faults,
): BatchExecuteStatementCommandOutput {
  const isBusy = faults.strikes('table-statements-busy');
  const isUnsure = faults.strikes('table-statements-unsure');
  const Responses = translateStatements(Statements).map((statement) => {
    if (isBusy && random.chance(0.5)) return { Error: { Code: 'ThrottlingError' as const } };
    const response = execute(statement, table);
    return isUnsure && random.chance(0.5) ? { Error: { Code: 'InternalServerError' as const } } : response;
  });
  return { Responses, ...METADATA };
}

function execute({ write, conflict }: Translated, table: MemoryTable): BatchStatementResponse {
  try {
    if ('put' in write) table.put(write.put);
    else table.update(write.update);
    return {};
  } catch (error) {
    if (!isConditionFailed(error)) throw error;
    return { Error: { Code: conflict } };
  }
}

function projected(
  item: Item,
  input: Pick<GetItemCommandInput, 'ProjectionExpression' | 'ExpressionAttributeNames'>,
): Item {
  const names = input.ExpressionAttributeNames;
  return project(item, input.ProjectionExpression, placeholdersOf({ ExpressionAttributeNames: names }));
}

function throttle(): never {
  throw sdkError(
    'ProvisionedThroughputExceededException',
    'The level of configured throughput was exceeded',
    400,
  );
}

function lose(): never {
  throw networkError('socket hang up', 'ECONNRESET');
}

function ignoringErrors(effect: () => unknown): void {
  try {
    effect();
  } catch {
    // The error is ignored: the caller does not receive a response.
  }
}

function keyText(key: Item | undefined): string {
  return Object.values(key ?? {})
    .map((value) => value.S ?? value.N)
    .join(' ');
}

function itemText({ Item: item }: PutItemCommandInput): string {
  return keyText(Object.fromEntries(Object.entries(item ?? {}).slice(0, 2)));
}
