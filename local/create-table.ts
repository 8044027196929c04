import {
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';

/** The name of the table. */
export const TABLE = 'schoolbell';

/**
 * Creates Schoolbell's table in a DynamoDB engine on this machine if the table does not exist.
 *
 * @returns `ready` when the table can be used; `stuck` when an earlier process was killed while it created
 *   the table. Dynalite never finishes creating such a table, which has no data yet
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
