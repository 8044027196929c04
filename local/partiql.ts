import type {
  AttributeValue,
  BatchStatementRequest,
  PutItemCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';

/** The statements of `functions/adapters/dynamodb/apply-entry.ts`. */
const INSERT = /^INSERT INTO "([\w.-]+)" VALUE \{'pk': \?, 'sk': \?, 'entry': \?, 'content': \?\}$/;
const UPDATE = /^UPDATE "([\w.-]+)" SET entry = \?, content = \? WHERE pk = \? AND sk = \? AND entry < \?$/;

const Value = z.custom<AttributeValue>();
const InsertParameters = z.tuple([Value, Value, Value, Value]);
const UpdateParameters = z.tuple([Value, Value, Value, Value, Value]);

export type Translated = {
  table: string;
  key: Record<string, AttributeValue>;
  write: { put: PutItemCommandInput } | { update: UpdateItemCommandInput };
  /** The error code of the statement when the condition does not hold. */
  conflict: 'DuplicateItem' | 'ConditionalCheckFailed';
};

/**
 * Translates the statements that the functions send to conditional writes with the same effect, for an engine
 * without PartiQL.
 *
 * @throws Error with the name `ValidationException` for another statement, for more than 25 statements, and
 *   for two statements with the same key
 * @throws ZodError for a wrong number of parameters
 */
export function translateStatements(statements: BatchStatementRequest[]): Translated[] {
  if (statements.length < 1 || statements.length > 25)
    throw validation('A batch must have 1 to 25 statements');
  const translated = statements.map(translate);
  const keys = translated.map(({ key }) => JSON.stringify(key));
  if (new Set(keys).size < keys.length) throw validation('Two statements of the batch have the same key');
  return translated;
}

function translate({ Statement = '', Parameters }: BatchStatementRequest): Translated {
  const insertInto = INSERT.exec(Statement)?.[1];
  if (insertInto !== undefined) return translateInsert(insertInto, InsertParameters.parse(Parameters));
  const update = UPDATE.exec(Statement)?.[1];
  if (update !== undefined) return translateUpdate(update, UpdateParameters.parse(Parameters));
  throw validation('The embedded DynamoDB does not support the form of a statement');
}

function translateInsert(
  table: string,
  [pk, sk, entry, content]: z.infer<typeof InsertParameters>,
): Translated {
  const Item = { pk, sk, entry, content };
  const put = { TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' };
  return { table, key: { pk, sk }, write: { put }, conflict: 'DuplicateItem' };
}

function translateUpdate(
  table: string,
  [entry, content, pk, sk, limit]: z.infer<typeof UpdateParameters>,
): Translated {
  const update = {
    TableName: table,
    Key: { pk, sk },
    UpdateExpression: 'SET #entry = :entry, #content = :content',
    ConditionExpression: 'attribute_exists(pk) AND #entry < :limit',
    ExpressionAttributeNames: { '#entry': 'entry', '#content': 'content' },
    ExpressionAttributeValues: { ':entry': entry, ':content': content, ':limit': limit },
  };
  return { table, key: { pk, sk }, write: { update }, conflict: 'ConditionalCheckFailed' };
}

function validation(message: string): Error {
  return Object.assign(new Error(message), { name: 'ValidationException' });
}
