/** A call of DynamoDB, as IAM names it. */
export type TableCall = 'GetItem' | 'BatchGetItem' | 'PutItem' | 'UpdateItem' | 'DeleteItem' | 'Query';

/** The calls that each function makes: its role has the right to these alone, and tests let it make no others. */
export const TABLE_CALLS = {
  dispatch: ['GetItem', 'BatchGetItem', 'Query', 'PutItem'],
  poll: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
  replay: ['GetItem', 'Query', 'PutItem'],
  operators: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
} as const satisfies Record<string, TableCall[]>;
