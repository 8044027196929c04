import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ClassicLevel } from 'classic-level';
import dynalite from 'dynalite';
import { expect, it, onTestFinished } from 'vitest';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import type { Store } from '../../functions/core/ports.ts';
import { EMBEDDED_CREDENTIALS } from '../../local/dynamodb-engine.ts';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';

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

function storeOf({ endpoint, table, credentials }: EmbeddedDynamoDb): Store {
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials });
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

it('the embedded DynamoDB has its data again after a restart with the same directory', async () => {
  const directory = await someDirectory();
  const first = await startEmbeddedDynamoDb({ directory });
  await storeOf(first).takeLease('moodle:a', { owner: 'a', until: NOW }, NOW);
  await first.close();

  const checkpoint = await storeOf(await start(directory)).readCheckpoint('moodle:a');

  expect(checkpoint).toMatchObject({ lease: { owner: 'a' } });
});

it('the embedded DynamoDB without a directory keeps no data for the next start', async () => {
  const first = await start();
  await storeOf(first).takeLease('moodle:a', { owner: 'a', until: NOW }, NOW);

  expect(await storeOf(await start()).readCheckpoint('moodle:a')).toBeNull();
});

it('each write that the embedded DynamoDB confirmed is stored after its process was killed', async () => {
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

it('when the process that runs the embedded DynamoDB of a directory is killed, another process continues with the same data', async () => {
  const directory = await someDirectory();
  const { writer, lines } = startWriter(directory);
  const written: string[] = [];
  lines.on('line', (line) => written.push(line));
  await once(lines, 'line');

  const store = storeOf(await start(directory));
  await store.takeLease('moodle:here', { owner: 'here', until: NOW }, NOW);
  expect(written.length).toBeGreaterThan(0);
  const ended = once(writer, 'close');
  writer.kill('SIGKILL');
  await ended;

  expect(await store.readCheckpoint('moodle:here')).toMatchObject({ lease: { owner: 'here' } });
  const { integrations } = await store.readIntegrations();
  expect(integrations.map(({ id }) => id)).toEqual(expect.arrayContaining(written));
});

it('when the process that runs the embedded DynamoDB ends, another process starts it and completes the waiting requests', async () => {
  const directory = await someDirectory();
  const first = await startEmbeddedDynamoDb({ directory });
  const others = await Promise.all([start(directory), start(directory), start(directory)]);
  const stores = others.map(storeOf);
  const write = (id: string, store: Store | undefined) =>
    store?.takeLease(id, { owner: id, until: NOW }, NOW);
  const writes = Array.from({ length: 30 }, (_, at) => write(`moodle:${at}`, stores[at % 3]));
  await first.close();
  await Promise.all(writes);

  for (let at = 0; at < 30; at += 1) {
    const checkpoint = await stores[(at + 1) % 3]?.readCheckpoint(`moodle:${at}`);
    expect(checkpoint).toMatchObject({ lease: { owner: `moodle:${at}` } });
  }
});

it('a program that uses the port of an embedded DynamoDB that has ended receives no DynamoDB request', async () => {
  const directory = await someDirectory();
  await (await startEmbeddedDynamoDb({ directory })).close();
  const paths: string[] = [];
  const stranger = createServer((asked, response) => {
    paths.push(asked.url ?? '');
    response.end('0'.repeat(64));
  });
  await once(stranger.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void stranger.close());
  const address = stranger.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const engine = { endpoint: `http://127.0.0.1:${address.port}` };
  await writeFile(join(directory, 'engine.json'), JSON.stringify(engine));
  const lock = new ClassicLevel(join(directory, 'lock'));
  await lock.open();
  const starting = start(directory);
  while (paths.length === 0) await new Promise(setImmediate);
  await lock.close();

  await storeOf(await starting).readIntegrations();
  expect(paths.every((path) => path.startsWith('/challenge/'))).toBe(true);
});

it('the error of the embedded DynamoDB about damaged data is one line that contains the directory and says what to do', async () => {
  const directory = await someDirectory();
  await (await startEmbeddedDynamoDb({ directory })).close();
  await writeFile(join(directory, 'dynamodb', 'CURRENT'), 'damaged');

  await expect(startEmbeddedDynamoDb({ directory })).rejects.toThrow(
    /^cannot open the data in the directory .*the data is damaged: move the directory away/,
  );
});

it('an embedded DynamoDB that could not write its file closes its data, so that the next start can open them', async () => {
  const directory = await someDirectory();
  await mkdir(join(directory, 'engine.json'));
  await expect(startEmbeddedDynamoDb({ directory })).rejects.toThrow('engine.json');
  await rmdir(join(directory, 'engine.json'));

  await start(directory);
});

it('the error of the embedded DynamoDB about a directory that cannot be created is one line', async () => {
  const file = join(await someDirectory(), 'file');
  await writeFile(file, '');

  await expect(startEmbeddedDynamoDb({ directory: join(file, 'data') })).rejects.toThrow(
    /^cannot store data in the directory .*$/,
  );
});

it("when a process was killed while it created the embedded DynamoDB's table, the next start completes the table", async () => {
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

it('the embedded DynamoDB continues when a client disconnects in the middle of a request', async () => {
  const engine = await start();
  const { port, hostname } = new URL(engine.endpoint);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
  // When the engine has responded to a later request, it has also read what was sent on `socket` before.
  await storeOf(engine).readIntegrations();
  socket.resetAndDestroy();

  expect(await storeOf(engine).readIntegrations()).toEqual({ integrations: [], unreadable: [] });
});
