import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createReplayStore } from '../../functions/adapters/dynamodb/replay-items.ts';
import { rehearsal } from './rehearsal-settings.ts';

/** Reduces the timeout of a function, so that a short replay needs several calls. */
export async function shortenTimeout(functionName: string, seconds: number): Promise<void> {
  await new LambdaClient({}).send(
    new UpdateFunctionConfigurationCommand({ FunctionName: functionName, Timeout: seconds }),
  );
}

/**
 * Reads the stored record of the latest replay again and again until `isDone` returns true. Returns the
 * different values of its field `writer`. Each invocation of the Lambda function writes its own name there, so
 * the number of values is the number of invocations that were seen.
 */
export async function writersOfReplay(table: string, isDone: () => boolean): Promise<Set<string>> {
  const calls = dynamoDbCalls(new DynamoDBClient({}));
  const replays = createReplayStore({ calls, table, retentionDays: 90 });
  const writers = new Set<string>();
  while (!isDone()) {
    const [latest] = await replays.readReplays(rehearsal.integration);
    // Until the first event is published, the last writer is the command that ordered the replay.
    if (latest !== undefined && latest.published > 0) writers.add(latest.writer);
    await sleep(500);
  }
  return writers;
}
