import pMap from 'p-map';
import pRetry from 'p-retry';
import { TransientError } from '../../core/errors.ts';
import { type Item, type ItemKey, keyOf, type Table } from './table.ts';

/** What one BatchGetItem takes. */
const BATCH = 100;
const BATCHES_AT_ONCE = 4;

/** Unprocessed keys are asked for again after 50, 100, 200, ... ms, each up to doubled by chance: 6 s in the worst case. */
const RETRY = { retries: 6, minTimeout: 50, factor: 2, randomize: true };

/**
 * The items at any number of different places, in no order; places without an item are left out.
 *
 * @throws TransientError when keys stay unprocessed
 */
export async function batchGet(
  table: Table,
  places: ItemKey[],
  options: { consistent: boolean },
): Promise<Item[]> {
  const batches = Array.from({ length: Math.ceil(places.length / BATCH) }, (_, index) =>
    places.slice(index * BATCH, (index + 1) * BATCH),
  );
  const items = await pMap(batches, (batch) => readBatch(table, batch, options.consistent), {
    concurrency: BATCHES_AT_ONCE,
  });
  return items.flat();
}

async function readBatch(table: Table, places: ItemKey[], consistent: boolean): Promise<Item[]> {
  let keys: Item[] = places.map(keyOf);
  const items: Item[] = [];

  const readOn = async () => {
    const answer = await table.calls.batchGetItem({
      RequestItems: { [table.name]: { Keys: keys, ConsistentRead: consistent } },
    });
    items.push(...(answer.Responses?.[table.name] ?? []));
    keys = answer.UnprocessedKeys?.[table.name]?.Keys ?? [];
    if (keys.length > 0) throw new UnprocessedKeysError(`DynamoDB left ${keys.length} keys unprocessed`);
  };
  try {
    await pRetry(readOn, { ...RETRY, shouldRetry: ({ error }) => error instanceof UnprocessedKeysError });
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
