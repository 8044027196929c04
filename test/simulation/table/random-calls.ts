import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import type { DynamoDbCalls } from '../../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { canonical } from './attribute-values.ts';

/** A call that can be made to two engines. `prefix` names a partition that no other test uses. */
export type RandomCall = {
  name: string;
  detail: unknown;
  run(calls: DynamoDbCalls, prefix: string): Promise<unknown>;
};

const sortKey = fc.constantFrom('a', 'b', 'b2', 'c');
const text = fc.constantFrom('x', 'y', 'xy');
const number = fc.integer({ min: 0, max: 4 });
const key = (prefix: string, sk: string) => ({ pk: { S: prefix }, sk: { S: sk } });
/** The name of the embedded engine's table. */
export const TABLE = 'schoolbell';

const attributes = fc.record({
  name: text,
  count: number,
  owner: text,
  hasLease: fc.boolean(),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 4 }),
});
type Attributes = { name: string; count: number; owner: string; hasLease: boolean; bytes: Uint8Array };
const itemOf = (prefix: string, sk: string, values: Attributes) => ({
  ...key(prefix, sk),
  name: { S: values.name },
  count: { N: String(values.count) },
  bytes: { B: values.bytes },
  ...(values.hasLease && { lease: { M: { owner: { S: values.owner }, until: { S: values.name } } } }),
});

/** The conditions that the store uses, and other conditions in the same language. */
const condition = fc.constantFrom(
  'attribute_not_exists(pk)',
  'attribute_exists(#lease)',
  'attribute_not_exists(pk) OR #count < :count',
  '#lease.#owner = :text',
  '#count = :count AND #lease.#owner = :text',
  'NOT (#name = :text) AND attribute_exists(pk)',
  'begins_with(#name, :text)',
  '#count BETWEEN :count AND :more',
  '#count IN (:count, :more)',
  'contains(#name, :text) OR #count >= :more',
  'size(#name) > :count',
  '#name <> :text',
);
const update = fc.constantFrom(
  'SET #name = :text',
  'SET #count = if_not_exists(#count, :count), #name = :text REMOVE #lease',
  'SET #count = #count + :more',
  'SET #lease.#owner = :text',
  'SET #lease = :map REMOVE #bytes',
  'ADD #count :more',
  'REMOVE #lease.#owner',
);
const NAMES = { '#name': 'name', '#count': 'count', '#lease': 'lease', '#owner': 'owner', '#bytes': 'bytes' };

/** Returns only the placeholders that are used, because DynamoDB refuses unused placeholders. */
function placeholders(count: number, word: string, ...expressions: string[]) {
  const values: Record<string, AttributeValue> = {
    ':count': { N: String(count) },
    ':more': { N: String(count + 2) },
    ':text': { S: word },
    ':map': { M: { owner: { S: word } } },
  };
  const used = ([placeholder]: [string, unknown]) =>
    expressions.some((expression) => new RegExp(`${placeholder}\\b`).test(expression));
  const names = Object.entries(NAMES).filter(used);
  const found = Object.entries(values).filter(used);
  return {
    ...(names.length > 0 && { ExpressionAttributeNames: Object.fromEntries(names) }),
    ...(found.length > 0 && { ExpressionAttributeValues: Object.fromEntries(found) }),
  };
}

const put = fc.tuple(sortKey, attributes, fc.option(condition), number, text).map(
  ([sk, values, when, count, word]): RandomCall => ({
    name: 'put',
    detail: { sk, values, when, count, word },
    async run(calls, prefix) {
      const { Attributes } = await calls.putItem({
        TableName: TABLE,
        Item: itemOf(prefix, sk, values),
        ...(when !== null && { ConditionExpression: when, ...placeholders(count, word, when) }),
        ReturnValues: 'ALL_OLD',
      });
      return Attributes;
    },
  }),
);

const change = fc
  .tuple(
    sortKey,
    update,
    fc.option(condition),
    number,
    text,
    fc.constantFrom('ALL_NEW' as const, 'NONE' as const),
  )
  .map(
    ([sk, how, when, count, word, returns]): RandomCall => ({
      name: 'update',
      detail: { sk, how, when, count, word, returns },
      async run(calls, prefix) {
        const { Attributes } = await calls.updateItem({
          TableName: TABLE,
          Key: key(prefix, sk),
          UpdateExpression: how,
          ...(when !== null && { ConditionExpression: when }),
          ...placeholders(count, word, how, when ?? ''),
          ReturnValues: returns,
        });
        return Attributes;
      },
    }),
  );

const remove = fc.tuple(sortKey, fc.option(condition), number, text).map(
  ([sk, when, count, word]): RandomCall => ({
    name: 'delete',
    detail: { sk, when, count, word },
    async run(calls, prefix) {
      await calls.deleteItem({
        TableName: TABLE,
        Key: key(prefix, sk),
        ...(when !== null && { ConditionExpression: when, ...placeholders(count, word, when) }),
      });
    },
  }),
);

const get = sortKey.map(
  (sk): RandomCall => ({
    name: 'get',
    detail: sk,
    run: async (calls, prefix) =>
      (await calls.getItem({ TableName: TABLE, Key: key(prefix, sk), ConsistentRead: true })).Item,
  }),
);

/** Generates batches of the statements that the store uses. */
const statements = fc
  .uniqueArray(fc.tuple(sortKey, fc.boolean(), number, text), { minLength: 1, selector: ([sk]) => sk })
  .map(
    (rows): RandomCall => ({
      name: 'batch of statements',
      detail: rows,
      async run(calls, prefix) {
        const Statements = rows.map(([sk, isInsert, count, word]) => {
          const [pk, sort, n, s] = [{ S: prefix }, { S: sk }, { N: String(count) }, { S: word }];
          return isInsert
            ? {
                Statement: `INSERT INTO "${TABLE}" VALUE {'pk': ?, 'sk': ?, 'entry': ?, 'content': ?}`,
                Parameters: [pk, sort, n, s],
              }
            : {
                Statement: `UPDATE "${TABLE}" SET entry = ?, content = ? WHERE pk = ? AND sk = ? AND entry < ?`,
                Parameters: [n, s, pk, sort, n],
              };
        });
        const { Responses } = await calls.batchExecuteStatement({ Statements });
        return Responses?.map((response) => response.Error?.Code ?? 'done');
      },
    }),
  );

const batchGet = fc.uniqueArray(sortKey, { minLength: 1 }).map(
  (sks): RandomCall => ({
    name: 'batch get',
    detail: sks,
    async run(calls, prefix) {
      const Keys = sks.map((sk) => key(prefix, sk));
      const request = { [TABLE]: { Keys, ConsistentRead: true } };
      const { Responses, UnprocessedKeys } = await calls.batchGetItem({ RequestItems: request });
      const items = Responses?.[TABLE] ?? [];
      return { items: items.map((item) => canonical(item)).sort(), left: Object.keys(UnprocessedKeys ?? {}) };
    },
  }),
);

const query = fc
  .tuple(
    fc.constantFrom(
      'pk = :pk',
      'pk = :pk AND sk BETWEEN :from AND :to',
      'pk = :pk AND begins_with(sk, :from)',
    ),
    fc.tuple(sortKey, sortKey),
    fc.boolean(),
    fc.option(fc.integer({ min: 1, max: 3 })),
  )
  .map(([where, range, isForward, limit]): RandomCall => {
    const [from, to] = [...range].sort();
    return {
      name: 'query',
      detail: { where, from, to, isForward, limit },
      async run(calls, prefix) {
        const values = { ':pk': { S: prefix }, ':from': { S: from ?? '' }, ':to': { S: to ?? '' } };
        const used = Object.entries(values).filter(([placeholder]) => where.includes(placeholder));
        const { Items, Count, LastEvaluatedKey } = await calls.query({
          TableName: TABLE,
          KeyConditionExpression: where,
          ExpressionAttributeValues: Object.fromEntries(used),
          ScanIndexForward: isForward,
          ConsistentRead: true,
          ...(limit !== null && { Limit: limit }),
        });
        return { Items, Count, LastEvaluatedKey };
      },
    };
  });

/**
 * Generates any call of the kinds that the store uses, on one of a few items, so that several calls affect
 * the same item.
 */
export const randomCall: fc.Arbitrary<RandomCall> = fc.oneof(
  { arbitrary: put, weight: 4 },
  { arbitrary: change, weight: 4 },
  remove,
  get,
  batchGet,
  { arbitrary: statements, weight: 2 },
  query,
);
