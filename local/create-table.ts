import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';

export const TABLE = 'schoolbell';

/**
 * Creates the table if it does not exist. Returns `stuck` if an earlier process was killed while it created
 * the table: dynalite never finishes creating it, and it has no data yet.
 */
export async function createTable(client: DynamoDBClient): Promise<'ready' | 'stuck'> {
  const status = async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: TABLE }));
    return Table?.TableStatus;
  };
  try {
    return (await status()) === 'ACTIVE' ? 'ready' : 'stuck';
  } catch (error) {
    if (!(error instanceof ResourceNotFoundException)) throw error;
  }
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    }),
  );
  while ((await status()) !== 'ACTIVE');
  return 'ready';
}
