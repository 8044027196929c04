import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable } from './create-table.ts';
import type { EmbeddedDynamoDb } from './embedded-dynamodb.ts';

const PACKAGE = '@dynoxide/linux-x64/package.json';
const TABLE = 'schoolbell';
const CREDENTIALS = { accessKeyId: 'native', secretAccessKey: 'native' };

/** The file of the native engine, or null on a machine for which it was not built. */
export function nativeDynamoDb(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), 'dynoxide');
  } catch {
    return null;
  }
}

/**
 * A native DynamoDB engine in memory, in a process of its own, with Schoolbell's table: a second opinion on the embedded
 * one, and five times as fast.
 *
 * @param file of `nativeDynamoDb`
 * @throws when it does not answer
 */
export async function startNativeDynamoDb(file: string): Promise<EmbeddedDynamoDb> {
  const port = await freePort();
  const child = spawn(file, ['serve', '--port', String(port)], { stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint, child);
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials: CREDENTIALS });
  await createTable(client, TABLE).finally(() => client.destroy());
  return {
    endpoint,
    table: TABLE,
    async close() {
      const end = once(child, 'exit');
      child.kill();
      await end;
    },
  };
}

async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries += 1) {
    const isThere = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (isThere) return;
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
