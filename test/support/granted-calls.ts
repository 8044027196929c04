import type { DynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { TABLE_CALLS } from '../../functions/contract/names.ts';

/**
 * Returns the calls, which throw an error if the role has no permission. The code does not treat the error as
 * an error of AWS, because a call without permission is a mistake in the program.
 */
export function grantedCalls(calls: DynamoDbCalls, who: keyof typeof TABLE_CALLS): DynamoDbCalls {
  const granted: readonly string[] = TABLE_CALLS[who];
  const unless = <Input, Output>(action: string, call: (input: Input) => Promise<Output>) =>
    granted.includes(action)
      ? call
      : async () => {
          throw new Error(`${who} calls ${action}, which its role may not: see functions/contract/names.ts`);
        };
  return {
    getItem: unless('GetItem', calls.getItem),
    batchGetItem: unless('BatchGetItem', calls.batchGetItem),
    putItem: unless('PutItem', calls.putItem),
    updateItem: unless('UpdateItem', calls.updateItem),
    deleteItem: unless('DeleteItem', calls.deleteItem),
    query: unless('Query', calls.query),
    batchExecuteStatement: unless('PartiQLInsert', unless('PartiQLUpdate', calls.batchExecuteStatement)),
  };
}
