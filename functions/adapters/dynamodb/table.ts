import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type * as z from 'zod/mini';
import { IntegrationError } from '../../core/errors.ts';
import type { DynamoDbCalls } from './dynamodb-calls.ts';

/** The table and how it is called; the calls throw a failed condition as it is and everything else as a core error. */
export type Table = { calls: DynamoDbCalls; name: string };

export type Item = Record<string, AttributeValue>;

/** An item's key: partition key and sort key. */
export type ItemKey = { pk: string; sk: string };

export function keyOf({ pk, sk }: ItemKey): { pk: AttributeValue.SMember; sk: AttributeValue.SMember } {
  return { pk: { S: pk }, sk: { S: sk } };
}

export async function getItem(table: Table, place: ItemKey): Promise<Item | null> {
  const { Item } = await table.calls.getItem({
    TableName: table.name,
    Key: keyOf(place),
    ConsistentRead: true,
  });
  return Item ?? null;
}

/**
 * The items of one partition in the order of `sk`.
 *
 * @param between the lowest and the highest `sk`; all without it
 */
export async function* queryItems(
  table: Table,
  pk: string,
  between?: [string, string],
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
      ...(start && { ExclusiveStartKey: start }),
    });
    yield* page.Items ?? [];
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
}

/** All items of one partition, for the few partitions that are small. */
export async function listItems(table: Table, pk: string): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of queryItems(table, pk)) items.push(item);
  return items;
}

/**
 * A stored item's content, checked.
 *
 * @param read takes the content out of its encoding; what it throws counts as damage
 * @throws IntegrationError naming the item's place and the first field that is wrong, but no content
 */
export function parseStored<T>(schema: z.ZodMiniType<T>, place: ItemKey, read: () => unknown): T {
  let content: unknown;
  try {
    content = read();
  } catch (cause) {
    throw damaged(place, 'its content cannot be decoded', cause);
  }
  const parsed = schema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw damaged(place, `${issue?.path.join('.') || 'its content'} is not valid (${issue?.code})`);
}

/** The `content` attribute of an item that keeps its content as JSON. */
export function jsonContent(item: Item): unknown {
  return JSON.parse(item['content']?.S ?? '');
}

function damaged({ pk, sk }: ItemKey, what: string, cause?: unknown): IntegrationError {
  return new IntegrationError(`The stored item ${pk} ${sk} is damaged: ${what}`, {
    code: 'DAMAGED_ITEM',
    cause,
  });
}
