import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import { createQueue } from '../../functions/adapters/sqs/queue.ts';
import { dispatchHandler } from '../../functions/dispatch/handler.ts';
import { CREDENTIALS } from './services.ts';
import { measureSpent } from './spent.ts';

/** What is measured: one dispatch. */
const Task = z.object({ dynamoDb: z.string(), table: z.string(), queue: z.string() });
export type DispatcherTask = z.infer<typeof Task>;

if (import.meta.main) {
  const { dynamoDb, table, queue } = Task.parse(JSON.parse(process.argv[2] ?? ''));
  const client = { region: 'local', credentials: CREDENTIALS, cacheMiddleware: true };
  const calls = dynamoDbCalls(new DynamoDBClient({ ...client, endpoint: dynamoDb }));
  const dispatch = dispatchHandler({
    ports: { store: createStore({ calls, table, retentionDays: 90 }), clock: () => Date.now() },
    queue: createQueue(new SQSClient({ ...client, endpoint: new URL(queue).origin }), queue),
    intervalMs: 15 * 60_000,
    report: () => undefined,
  });
  process.send?.(
    await measureSpent(async () => {
      const { sent } = await dispatch();
      return { pages: 0, records: sent };
    }),
  );
  process.exit();
}
