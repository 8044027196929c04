import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dynamoDbPositions } from '../../../consumers/kit/dynamodb-positions.ts';
import { EMBEDDED_CREDENTIALS } from '../../../local/dynamodb-engine.ts';
import { startEngine } from '../../support/start-engine.ts';

const TableName = 'badges';
let engine: Awaited<ReturnType<typeof startEngine>>;
let client: DynamoDBClient;

beforeAll(async () => {
  engine = await startEngine();
  client = new DynamoDBClient({
    endpoint: engine.endpoint,
    region: 'local',
    credentials: EMBEDDED_CREDENTIALS,
  });
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'stream', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'stream', KeyType: 'HASH' }],
    }),
  );
});
afterAll(async () => {
  client.destroy();
  await engine.close();
});

test('`dynamoDbPositions` returns the greatest position that was stored for a stream, and null for a stream without one', async () => {
  const positions = dynamoDbPositions({ client, table: TableName });
  expect(await positions.read('a')).toBeNull();
  for (const position of ['2', '3', '3', '1']) await positions.advance('a', position);
  expect(await positions.read('a')).toBe('3');
  expect(await positions.read('b')).toBeNull();
});

test('`dynamoDbPositions` keeps what the consumer stores in the same item', async () => {
  const positions = dynamoDbPositions({ client, table: TableName });
  const badge = { stream: { S: 'with a badge' }, badge: { S: 'gold' } };
  await client.send(new PutItemCommand({ TableName, Item: badge }));
  await positions.advance('with a badge', '1');
  const { Item } = await client.send(new GetItemCommand({ TableName, Key: { stream: badge.stream } }));
  expect(Item).toEqual({ ...badge, position: { S: '1' } });
});
