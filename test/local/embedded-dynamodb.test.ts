import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { expect, it, onTestFinished } from 'vitest';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import type { Store } from '../../functions/core/ports.ts';
import {
  EMBEDDED_CREDENTIALS,
  type EmbeddedDynamoDb,
  startEmbeddedDynamoDb,
} from '../../local/embedded-dynamodb.ts';

const NOW = '2026-03-01T09:30:00.000Z';

async function someDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'schoolbell-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

async function start(directory?: string): Promise<EmbeddedDynamoDb> {
  const engine = await startEmbeddedDynamoDb(directory === undefined ? {} : { directory });
  onTestFinished(() => engine.close());
  return engine;
}

function storeOf({ endpoint, table }: EmbeddedDynamoDb): Store {
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials: EMBEDDED_CREDENTIALS });
  onTestFinished(() => client.destroy());
  return createStore({ calls: dynamoDbCalls(client), table, retentionDays: 90 });
}

/**
 * Starts another process that writes integrations to the directory until it is killed, and prints the id of
 * each written integration.
 */
function startWriter(directory: string) {
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'embedded-writer.ts'), directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    writer.kill('SIGKILL');
  });
  return { writer, lines: createInterface({ input: writer.stdout }) };
}

it('the embedded engine keeps its data in the directory across restarts', async () => {
  const directory = await someDirectory();
  const first = await startEmbeddedDynamoDb({ directory });
  await storeOf(first).takeLease('moodle:a', { owner: 'a', until: NOW }, NOW);
  await first.close();

  const checkpoint = await storeOf(await start(directory)).readCheckpoint('moodle:a');

  expect(checkpoint).toMatchObject({ lease: { owner: 'a' } });
});

it('the embedded engine without a directory keeps no data', async () => {
  const first = await start();
  await storeOf(first).takeLease('moodle:a', { owner: 'a', until: NOW }, NOW);

  expect(await storeOf(await start()).readCheckpoint('moodle:a')).toBeNull();
});

it('every acknowledged write survives a kill of the process', async () => {
  const directory = await someDirectory();
  const { writer, lines } = startWriter(directory);
  const acknowledged: string[] = [];
  for await (const line of lines) {
    acknowledged.push(line);
    if (acknowledged.length === 50) writer.kill('SIGKILL');
  }

  const { integrations } = await storeOf(await start(directory)).readIntegrations();

  expect(integrations.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
});

it('a directory that another process uses is refused in one line, and the other process continues', async () => {
  const directory = await someDirectory();
  const { writer, lines } = startWriter(directory);
  await once(lines, 'line');

  await expect(startEmbeddedDynamoDb({ directory })).rejects.toThrow(
    `another process uses the directory ${directory}`,
  );

  await once(lines, 'line');
  expect(writer.exitCode).toBeNull();
});

it('a directory that cannot be created is refused in one line', async () => {
  const file = join(await someDirectory(), 'file');
  await writeFile(file, '');

  await expect(startEmbeddedDynamoDb({ directory: join(file, 'data') })).rejects.toThrow(
    /^cannot store data in the directory/,
  );
});

it('a kill during the creation of the table is repaired at the next start', async () => {
  const directory = await someDirectory();
  const interrupted = dynalite({ path: join(directory, 'dynamodb'), createTableMs: 1_000_000_000 });
  await once(interrupted.listen(0, '127.0.0.1'), 'listening');
  const address = interrupted.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${address.port}`,
    region: 'local',
    credentials: EMBEDDED_CREDENTIALS,
  });
  await client.send(
    new CreateTableCommand({
      TableName: 'schoolbell',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    }),
  );
  client.destroy();
  await new Promise((resolve) => interrupted.close(resolve));

  expect(await storeOf(await start(directory)).readIntegrations()).toEqual({
    integrations: [],
    unreadable: [],
  });
});

it('the embedded engine continues after a client disconnects in the middle of a request', async () => {
  const engine = await start();
  const { port, hostname } = new URL(engine.endpoint);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
  // If the engine has responded to another client, it has read the first half of the body.
  await storeOf(engine).readIntegrations();
  socket.resetAndDestroy();

  expect(await storeOf(engine).readIntegrations()).toEqual({ integrations: [], unreadable: [] });
});
