import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Positions } from './journal-order.ts';

/** Positions in a DynamoDB table of the consumer's own, whose partition key is a string with the given name. */
export function dynamoDbPositions(options: {
  client: DynamoDBClient;
  table: string;
  partitionKey?: string;
}): Positions {
  const { client, table: TableName, partitionKey = 'story' } = options;
  return {
    async read(story) {
      const Key = { [partitionKey]: { S: story } };
      const { Item } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }));
      return Item?.['position']?.S ?? null;
    },
    async advance(story, position) {
      try {
        await client.send(
          new PutItemCommand({
            TableName,
            Item: { [partitionKey]: { S: story }, position: { S: position } },
            ConditionExpression: 'attribute_not_exists(#position) OR #position < :position',
            ExpressionAttributeNames: { '#position': 'position' },
            ExpressionAttributeValues: { ':position': { S: position } },
          }),
        );
      } catch (error) {
        // Another worker is further already.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
  };
}
