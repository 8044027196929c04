import type { DynamoDbCalls } from '../functions/adapters/dynamodb/dynamodb-calls.ts';

/** What calls have used: requests, and capacity units as the engine counts them. */
export type Used = { requests: number; read: number; write: number };

type Consumed = { CapacityUnits?: number | undefined };
type Answer = { ConsumedCapacity?: Consumed | Consumed[] | undefined };

/** Calls that add up what they use. */
export function countedCalls(calls: DynamoDbCalls): { calls: DynamoDbCalls; used: Used } {
  const used: Used = { requests: 0, read: 0, write: 0 };
  const counted =
    <Input extends object, Output extends Answer>(
      kind: 'read' | 'write',
      call: (input: Input & { ReturnConsumedCapacity: 'TOTAL' }) => Promise<Output>,
    ) =>
    async (input: Input): Promise<Output> => {
      used.requests += 1;
      const answer = await call({ ...input, ReturnConsumedCapacity: 'TOTAL' });
      for (const { CapacityUnits = 0 } of [answer.ConsumedCapacity ?? []].flat()) used[kind] += CapacityUnits;
      return answer;
    };
  return {
    used,
    calls: {
      getItem: counted('read', calls.getItem),
      batchGetItem: counted('read', calls.batchGetItem),
      query: counted('read', calls.query),
      putItem: counted('write', calls.putItem),
      updateItem: counted('write', calls.updateItem),
      deleteItem: counted('write', calls.deleteItem),
    },
  };
}
