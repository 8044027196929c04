import type {
  AttributeValue,
  BatchStatementRequest,
  PutItemCommandInput,
  UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';

const INSERT = /^INSERT INTO "([\w.-]+)" VALUE \{(.+)\}$/;
const UPDATE = /^UPDATE "([\w.-]+)" SET (.+) WHERE (.+)$/;

export type Translated = {
  table: string;
  key: Record<string, AttributeValue>;
  write: { put: PutItemCommandInput } | { update: UpdateItemCommandInput };
  /** The error code of the statement when the condition does not hold. */
  conflict: 'DuplicateItem' | 'ConditionalCheckFailed';
};

/**
 * Translates the statements to conditional writes with the same effect, for an engine without PartiQL. Two
 * forms are supported, where each value is a parameter: `INSERT INTO "t" VALUE {'pk': ?, 'sk': ?, 'a': ?}`
 * and `UPDATE "t" SET a = ?, b = ? WHERE pk = ? AND sk = ? AND a < ?`.
 *
 * @throws Error with the name `ValidationException` for a statement of another form, for more than 25
 *   statements, and for two statements with the same key
 */
export function translateStatements(statements: BatchStatementRequest[]): Translated[] {
  if (statements.length < 1 || statements.length > 25)
    throw validation('A batch must have 1 to 25 statements');
  const translated = statements.map(translate);
  const keys = translated.map(({ key }) => JSON.stringify(key));
  if (new Set(keys).size < keys.length) throw validation('Two statements of the batch have the same key');
  return translated;
}

function translate({ Statement = '', Parameters = [] }: BatchStatementRequest): Translated {
  const left = [...Parameters];
  const next = (): AttributeValue => {
    const value = left.shift();
    if (value === undefined) throw validation('A statement has fewer parameters than question marks');
    return value;
  };
  const translated = translateInsert(Statement, next) ?? translateUpdate(Statement, next);
  if (translated === null) throw validation('The embedded DynamoDB does not support the form of a statement');
  if (left.length > 0) throw validation('A statement has more parameters than question marks');
  return translated;
}

function translateInsert(statement: string, next: () => AttributeValue): Translated | null {
  const [, table, fields] = INSERT.exec(statement) ?? [];
  if (table === undefined || fields === undefined) return null;
  const item = Object.fromEntries(
    fields.split(', ').map((field) => [nameIn(field, /^'(\w+)': \?$/), next()]),
  );
  return {
    table,
    key: keyOf(item),
    write: { put: { TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' } },
    conflict: 'DuplicateItem',
  };
}

function translateUpdate(statement: string, next: () => AttributeValue): Translated | null {
  const [, table, assignments, conditions] = UPDATE.exec(statement) ?? [];
  if (table === undefined || assignments === undefined || conditions === undefined) return null;
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const placeholders = (name: string) => {
    const at = Object.keys(values).length;
    names[`#${name}`] = name;
    values[`:${at}`] = next();
    return [`#${name}`, `:${at}`] as const;
  };
  const sets = assignments.split(', ').map((each) => placeholders(nameIn(each, /^(\w+) = \?$/)).join(' = '));
  const key: Record<string, AttributeValue> = {};
  const rest: string[] = [];
  for (const each of conditions.split(' AND ')) {
    const equal = /^(pk|sk) = \?$/.exec(each)?.[1];
    if (equal !== undefined) key[equal] = next();
    else rest.push(placeholders(nameIn(each, /^(\w+) < \?$/)).join(' < '));
  }
  return {
    table,
    key: keyOf(key),
    write: {
      update: {
        TableName: table,
        Key: key,
        UpdateExpression: `SET ${sets.join(', ')}`,
        ConditionExpression: ['attribute_exists(pk)', ...rest].join(' AND '),
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
      },
    },
    conflict: 'ConditionalCheckFailed',
  };
}

function nameIn(text: string, shape: RegExp): string {
  const name = shape.exec(text)?.[1];
  if (name === undefined) throw validation(`The embedded DynamoDB does not support "${text}" in a statement`);
  return name;
}

function keyOf({ pk, sk }: Record<string, AttributeValue>): Record<string, AttributeValue> {
  if (pk === undefined || sk === undefined)
    throw validation('A statement must have a value for each key attribute (pk and sk)');
  return { pk, sk };
}

function validation(message: string): Error {
  return Object.assign(new Error(message), { name: 'ValidationException' });
}
