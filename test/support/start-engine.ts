import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { nativeDynamoDb, startNativeDynamoDb } from '../../local/native-dynamodb.ts';

/**
 * Starts the embedded DynamoDB with the engine that runs on every platform. With `ENGINE=native`, uses the
 * native engine, to compare both.
 */
export async function startEngine(): Promise<EmbeddedDynamoDb> {
  if (process.env['ENGINE'] !== 'native') return startEmbeddedDynamoDb();
  const file = nativeDynamoDb();
  if (file === null) throw new Error('ENGINE=native: the package @dynoxide/linux-x64 is not installed here');
  return startNativeDynamoDb(file);
}
