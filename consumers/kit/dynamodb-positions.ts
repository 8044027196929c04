import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Positions } from './journal-order.ts';

/** Stores positions in a consumer's DynamoDB table. Its partition key is a string, by default `stream`. */
export function dynamoDbPositions(options: {
  client: DynamoDBClient;
  table: string;
  partitionKey?: string;
}): Positions {
  const { client, table: TableName, partitionKey = 'stream' } = options;
  return {
    async read(stream) {
      const Key = { [partitionKey]: { S: stream } };
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      return Item?.['position']?.S ?? null;
    },
    async advance(stream, position) {
      try {
        await client.send(
          new UpdateItemCommand({
            TableName,
            Key: { [partitionKey]: { S: stream } },
            UpdateExpression: 'SET #position = :position',
            ConditionExpression: 'attribute_not_exists(#position) OR #position < :position',
            ExpressionAttributeNames: { '#position': 'position' },
            ExpressionAttributeValues: { ':position': { S: position } },
          }),
        );
      } catch (error) {
        // The stored position is the same or later.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
