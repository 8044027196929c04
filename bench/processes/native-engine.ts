import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable } from '../../local/create-table.ts';

import { CREDENTIALS } from './services.ts';

const PACKAGE = '@dynoxide/linux-x64/package.json';
const TABLE = 'schoolbell';

/** The file of the native engine, or null on a machine for which it was not built. */
export function nativeEngine(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), 'dynoxide');
  } catch {
    return null;
  }
}

/**
 * A native DynamoDB engine in memory, with Schoolbell's table: it answers in a fifth of the time of the embedded one, so
 * that what is measured is the poller and not its table.
 */
export async function startNativeEngine(file: string) {
  const port = await freePort();
  const child = spawn(file, ['serve', '--port', String(port)], { stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint, child);
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials: CREDENTIALS });
  await createTable(client, TABLE).finally(() => client.destroy());
  return { dynamoDb: endpoint, table: TABLE, stop: () => void child.kill() };
}

async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries += 1) {
    if (
      await fetch(endpoint).then(
        () => true,
        () => false,
      )
    )
      return;
    await setTimeout(50);
  }
  throw new Error('the native engine does not answer');
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
