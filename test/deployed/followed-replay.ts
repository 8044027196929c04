import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createReplayStore } from '../../functions/adapters/dynamodb/replay-items.ts';
import { rehearsal } from './rehearsal-settings.ts';

/** Gives a function less time, so that a short replay is a long one. */
export async function shortenTimeout(functionName: string, seconds: number): Promise<void> {
  await new LambdaClient({}).send(
    new UpdateFunctionConfigurationCommand({ FunctionName: functionName, Timeout: seconds }),
  );
}

/** Who carried the latest replay on until it was done: each call of a function has a name of its own. */
export async function writersOfReplay(table: string, isDone: () => boolean): Promise<Set<string>> {
  const calls = dynamoDbCalls(new DynamoDBClient({}));
  const replays = createReplayStore({ calls, table, retentionDays: 90 });
  const writers = new Set<string>();
  while (!isDone()) {
    const [latest] = await replays.readReplays(rehearsal.integration);
    // Before the first event, it is the order's own writer.
    if (latest !== undefined && latest.published > 0) writers.add(latest.writer);
    await sleep(500);
  }
  return writers;
}
