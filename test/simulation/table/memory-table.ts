import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DeleteItemCommandInput,
  type PutItemCommandInput,
  type QueryCommandInput,
  type QueryCommandOutput,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { compareValues, type Item, validation } from './attribute-values.ts';
import { type Placeholders, parseCondition } from './condition-expression.ts';
import { project } from './projection.ts';
import { parseUpdate } from './update-expression.ts';

export type TableKey = { partition: string; sort: string };

/** A DynamoDB table in memory. Each call takes effect immediately and without faults. */
export type MemoryTable = {
  get(key: Item): Item | undefined;
  /**
   * Returns the item before its last write if this write was less than the given number of milliseconds ago,
   * and otherwise the item itself. Returns undefined if there was no item at that time.
   */
  getStale(key: Item, youngerThanMs: number): Item | undefined;
  put(input: PutItemCommandInput): Item | undefined;
  update(input: UpdateItemCommandInput): Item | undefined;
  delete(input: DeleteItemCommandInput): Item | undefined;
  query(input: QueryCommandInput, mostItems?: number): QueryCommandOutput;
  items(): Item[];
  /** Registers a function that is called after each write, with the item before and after it. */
  watch(watcher: (before: Item | undefined, after: Item | undefined) => void): void;
};

type Row = { key: Item; item: Item | undefined; before: Item | undefined; writtenAt: number };

/**
 * Creates an empty table.
 *
 * @param now the clock that decides whether a stale read is possible
 */
export function memoryTable({ partition, sort }: TableKey, now: () => number = () => 0): MemoryTable {
  const watchers: ((before: Item | undefined, after: Item | undefined) => void)[] = [];
  const partitions = new Map<string, Map<string, Row>>();

  const rowOf = (key: Item): Row => {
    const pk = key[partition]?.S;
    const sk = key[sort]?.S;
    if (!pk || !sk) throw validation('The provided key element does not match the schema');
    const rows = partitions.get(pk) ?? new Map<string, Row>();
    partitions.set(pk, rows);
    const row = rows.get(sk) ?? {
      key: { [partition]: { S: pk }, [sort]: { S: sk } },
      item: undefined,
      before: undefined,
      writtenAt: Number.NEGATIVE_INFINITY,
    };
    rows.set(sk, row);
    return row;
  };

  const write = (row: Row, input: Write, next: () => Item | undefined): Item | undefined => {
    const before = row.item;
    if (input.ConditionExpression !== undefined) {
      const holds = parseCondition(input.ConditionExpression)(before ?? {}, placeholdersOf(input));
      if (!holds) throw conditionFailed(input, before);
    }
    const after = next();
    row.before = before;
    row.writtenAt = now();
    row.item = after;
    for (const watcher of watchers) watcher(before, after);
    return returned(input.ReturnValues, before, after);
  };

  return {
    get: (key) => copy(rowOf(key).item),
    getStale(key, youngerThanMs) {
      const row = rowOf(key);
      return copy(now() - row.writtenAt < youngerThanMs ? row.before : row.item);
    },
    put: (input) => {
      const item = present(input.Item);
      return write(rowOf(item), input, () => ({ ...item }));
    },
    update: (input) => {
      const row = rowOf(present(input.Key));
      return write(row, input, () => {
        const before = row.item ?? row.key;
        if (input.UpdateExpression === undefined) return before;
        return parseUpdate(input.UpdateExpression)(before, placeholdersOf(input));
      });
    },
    delete: (input) => write(rowOf(present(input.Key)), input, () => undefined),
    query(input, mostItems = Number.POSITIVE_INFINITY) {
      const at = placeholdersOf(input);
      const matches = parseCondition(present(input.KeyConditionExpression));
      const passes =
        input.FilterExpression === undefined ? () => true : parseCondition(input.FilterExpression);
      const direction = input.ScanIndexForward === false ? -1 : 1;
      const bySort = (a: Item, b: Item) => direction * (compareValues(a[sort], b[sort]) ?? 0);
      const start = input.ExclusiveStartKey;
      const found = [...partitions.values()]
        .flatMap((rows) => [...rows.values()])
        .flatMap(({ item }) => (item !== undefined && matches(item, at) ? [item] : []))
        .sort(bySort)
        .filter((item) => start === undefined || bySort(item, start) > 0);
      const read = found.slice(0, Math.min(input.Limit ?? Number.POSITIVE_INFINITY, mostItems));
      const last = read.at(-1);
      const isCut = last !== undefined && (read.length < found.length || read.length === input.Limit);
      const kept = read
        .filter((item) => passes(item, at))
        .map((item) => project(item, input.ProjectionExpression, at));
      return {
        Items: kept,
        Count: kept.length,
        ScannedCount: read.length,
        ...(isCut ? { LastEvaluatedKey: keyOf(last, partition, sort) } : {}),
        $metadata: {},
      };
    },
    watch: (watcher) => {
      watchers.push(watcher);
    },
    items: () =>
      [...partitions.values()].flatMap((rows) =>
        [...rows.values()].flatMap(({ item }) => (item === undefined ? [] : [item])),
      ),
  };
}

type Write = Pick<
  UpdateItemCommandInput,
  | 'ConditionExpression'
  | 'ExpressionAttributeNames'
  | 'ExpressionAttributeValues'
  | 'ReturnValues'
  | 'ReturnValuesOnConditionCheckFailure'
>;

export function placeholdersOf(
  input: Pick<Write, 'ExpressionAttributeNames' | 'ExpressionAttributeValues'>,
): Placeholders {
  return { names: input.ExpressionAttributeNames, values: input.ExpressionAttributeValues };
}

function conditionFailed(input: Write, before: Item | undefined): Error {
  const isShown = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined;
  return new ConditionalCheckFailedException({
    message: 'The conditional request failed',
    $metadata: {},
    ...(isShown ? { Item: { ...before } } : {}),
  });
}

function returned(asked: Write['ReturnValues'], before: Item | undefined, after: Item | undefined) {
  switch (asked) {
    case 'ALL_OLD':
      return copy(before);
    case 'ALL_NEW':
      return copy(after);
    case undefined:
    case 'NONE':
      return undefined;
    default:
      throw new Error(`the simulated table does not return ${asked}`);
  }
}

function keyOf(item: Item, partition: string, sort: string): Item {
  const pk = present(item[partition]);
  const sk = present(item[sort]);
  return { [partition]: pk, [sort]: sk };
}

function copy(item: Item | undefined): Item | undefined {
  return item === undefined ? undefined : { ...item };
}

export function present<T extends string | Item | AttributeValue>(value: T | undefined): T {
  if (value === undefined) throw validation('The request lacks a parameter');
  return value;
}
