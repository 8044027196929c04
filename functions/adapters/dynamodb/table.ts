import type { AttributeValue, PutItemCommandInput, QueryCommandInput } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod/mini';
import { IntegrationError } from '../../core/errors.ts';
import type { DynamoDbCalls } from './dynamodb-calls.ts';
import { isConditionFailed } from './translate-errors.ts';

/** The calls throw the core's errors. Only the error of a failed condition is thrown unchanged. */
export type Table = { calls: DynamoDbCalls; name: string };

export type Item = Record<string, AttributeValue>;

export type ItemKey = { pk: string; sk: string };

export function keyOf({ pk, sk }: ItemKey): { pk: AttributeValue.SMember; sk: AttributeValue.SMember } {
  return { pk: { S: pk }, sk: { S: sk } };
}

export async function getItem(table: Table, key: ItemKey): Promise<Item | null> {
  const { Item } = await table.calls.getItem({
    TableName: table.name,
    Key: keyOf(key),
    ConsistentRead: true,
  });
  return Item ?? null;
}

type Condition = Pick<
  PutItemCommandInput,
  'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

export const IF_ABSENT: Condition = { ConditionExpression: 'attribute_not_exists(pk)' };

/** Returns false when the condition failed. */
export async function putItem(table: Table, item: Item, condition: Condition): Promise<boolean> {
  try {
    await table.calls.putItem({ TableName: table.name, Item: item, ...condition });
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw error;
  }
}

/** Reads the items of one partition in the order of `sk`: all, or those `between` two values (included). */
export async function* queryItems(
  table: Table,
  pk: string,
  between?: [string, string],
  options: Pick<QueryCommandInput, 'ScanIndexForward' | 'ProjectionExpression'> = {},
): AsyncGenerator<Item> {
  let start: Item | undefined;
  do {
    const page = await table.calls.query({
      TableName: table.name,
      ConsistentRead: true,
      KeyConditionExpression: between ? 'pk = :pk AND sk BETWEEN :from AND :to' : 'pk = :pk',
      ExpressionAttributeValues: {
        ':pk': { S: pk },
        ...(between && { ':from': { S: between[0] }, ':to': { S: between[1] } }),
      },
      ...options,
      ...(start && { ExclusiveStartKey: start }),
    });
    yield* page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

/** Returns all items of one partition. Use it only for small partitions. */
export function listItems(table: Table, pk: string): Promise<Item[]> {
  return Array.fromAsync(queryItems(table, pk));
}

/** Throws an IntegrationError that names the item's key and the first wrong field, but no content. */
export function parseStored<T>(
  schema: z.ZodMiniType<T>,
  item: Item,
  read: () => unknown = () => jsonContent(item),
): T {
  let content: unknown;
  try {
    content = read();
  } catch (cause) {
    throw damaged(item, 'its content cannot be decoded', cause);
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw damaged(item, `${issue?.path.join('.') || 'its content'} is not valid (${issue?.code})`);
}

/** Omits damaged items, for overviews: they must not stop other integrations, and their runs report them. */
export function readable<T>(items: Item[], parse: (item: Item) => T): T[] {
  return items.flatMap((item) => {
    try {
      return [parse(item)];
    } catch {
      return [];
    }
  });
}

export function jsonContent(item: Item): unknown {
  return JSON.parse(item['content']?.S ?? '');
}

function damaged({ pk, sk }: Item, what: string, cause?: unknown): IntegrationError {
  return new IntegrationError(`The stored item ${pk?.S} ${sk?.S} is damaged: ${what}`, {
    code: 'DAMAGED_ITEM',
    cause,
  });
}

const DAY_SECONDS = 24 * 60 * 60;

/** `expires` is the TTL attribute, in epoch seconds. */
export function expiryOf(time: string, retentionDays: number): { expires: AttributeValue.NMember } {
  return { expires: { N: String(Math.floor(Date.parse(time) / 1000) + retentionDays * DAY_SECONDS) } };
}
