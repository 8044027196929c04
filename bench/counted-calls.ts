import type { DynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';

/** The capacity units that calls have used, as the engine counts them. */
export type Units = { read: number; write: number };

type Consumed = { CapacityUnits?: number | undefined };
type Answer = { ConsumedCapacity?: Consumed | Consumed[] | undefined };

/** Calls that add up the capacity units they use. */
export function countedCalls(calls: DynamoDbCalls): { calls: DynamoDbCalls; units: Units } {
  const units: Units = { read: 0, write: 0 };
  const counted =
    <Input extends object, Output extends Answer>(
      kind: keyof Units,
      call: (input: Input & { ReturnConsumedCapacity: 'TOTAL' }) => Promise<Output>,
    ) =>
    async (input: Input): Promise<Output> => {
      const answer = await call({ ...input, ReturnConsumedCapacity: 'TOTAL' });
      for (const { CapacityUnits = 0 } of [answer.ConsumedCapacity ?? []].flat())
        units[kind] += CapacityUnits;
      return answer;
    };
  return {
    units,
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
