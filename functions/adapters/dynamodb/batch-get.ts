import pMap from 'p-map';
import pRetry from 'p-retry';
import { plural } from '../../contract/printable-text.ts';
import { TransientError } from '../../core/errors.ts';
import { grouped } from '../../core/grouped.ts';
import { type Item, type ItemKey, keyOf, type Table } from './table.ts';

/** The maximum number of keys in one BatchGetItem. */
const BATCH = 100;
const BATCHES_AT_ONCE = 4;

/** The waits are 50, 100, 200, 400, 800 and 1,600 ms, each times a random factor of 1 to 2: at most 6.3 s. */
export const RETRY = { retries: 6, minTimeout: 50, factor: 2, randomize: true };

/**
 * Returns the items with these keys, in no particular order. Keys without an item are left out. Accepts any
 * number of keys, but no key twice.
 *
 * @throws TransientError when DynamoDB leaves some keys unprocessed in every attempt
 */
export async function batchGet(
  table: Table,
  keys: ItemKey[],
  options: { consistent: boolean },
): Promise<Item[]> {
  const items = await pMap(
    grouped(keys, { count: BATCH }),
    (batch) => readBatch(table, batch, options.consistent),
    {
      concurrency: BATCHES_AT_ONCE,
    },
  );
  return items.flat();
}

async function readBatch(table: Table, batch: ItemKey[], consistent: boolean): Promise<Item[]> {
  let keys: Item[] = batch.map(keyOf);
  const items: Item[] = [];

  const readRest = async () => {
    const response = await table.calls.batchGetItem({
      RequestItems: { [table.name]: { Keys: keys, ConsistentRead: consistent } },
    });
    items.push(...(response.Responses?.[table.name] ?? []));
    keys = response.UnprocessedKeys?.[table.name]?.Keys ?? [];
    if (keys.length > 0)
      throw new UnprocessedKeysError(`DynamoDB left ${plural(keys.length, 'key')} unprocessed`);
  };
  try {
    await pRetry(readRest, { ...RETRY, shouldRetry: ({ error }) => error instanceof UnprocessedKeysError });
  } catch (cause) {
    if (!(cause instanceof UnprocessedKeysError)) throw cause;
    throw new TransientError(`${cause.message}: table ${table.name} is throttled`, {
      code: 'UNPROCESSED_KEYS',
      cause,
    });
  }
  return items;
}

class UnprocessedKeysError extends Error {
  override readonly name = 'UnprocessedKeysError';
}
