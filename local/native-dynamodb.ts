import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { Agent, createServer, request } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable, TABLE } from './create-table.ts';
import type { EmbeddedDynamoDb } from './embedded-dynamodb.ts';
import { startLocalServer } from './local-server.ts';

const PACKAGE = '@dynoxide/linux-x64/package.json';

/** Returns the path of the engine's program, or null if the package has none for this machine. */
export function nativeDynamoDb(): string | null {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(PACKAGE)), 'dynoxide');
  } catch {
    return null;
  }
}

/**
 * Starts a native DynamoDB engine in memory, in its own process. Tests compare it with the embedded engine,
 * and benchmarks use it because it is five times as fast.
 *
 * The engine does not reject requests from web pages, so it listens on one of 16 million loopback addresses,
 * which no page can guess, behind a server that rejects them.
 *
 * @param file the result of `nativeDynamoDb`
 * @throws when the engine does not respond
 */
export async function startNativeDynamoDb(file: string): Promise<EmbeddedDynamoDb> {
  const port = randomInt(10_000, 32_768);
  const host = `127.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;
  const child = spawn(file, ['serve', '--host', host, '--port', String(port)], { stdio: 'ignore' });
  await untilResponding(`http://${host}:${port}`, child);
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, response) => {
    const { method, headers, url: path } = incoming;
    const forwarded = request({ host, port, agent, method, headers, path }, (answered) => {
      response.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    incoming.pipe(forwarded);
  });
  const { origin: endpoint, close } = await startLocalServer(server);
  const credentials = { accessKeyId: 'native', secretAccessKey: 'native' };
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
  await createTable(client).finally(() => client.destroy());
  return {
    endpoint,
    table: TABLE,
    credentials,
    async close() {
      const end = once(child, 'exit');
      child.kill();
      await end;
      agent.destroy();
      await close();
    },
  };
}

async function untilResponding(endpoint: string, child: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 100 && child.exitCode === null; tries += 1) {
    const isResponding = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (isResponding) return;
    await setTimeout(50);
  }
  throw new Error('The native DynamoDB engine does not respond');
}
