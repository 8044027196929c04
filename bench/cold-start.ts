import { spawnSync } from 'node:child_process';
import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/**
 * How long the poll function takes to load, against a function that only makes the same AWS clients: alternately, so that
 * both meet the same machine. `node bench/cold-start.ts`
 */
const ROUNDS = 21;
const ROOT = join(import.meta.dirname, '..');
const directory = mkdtempSync(join(tmpdir(), 'schoolbell-cold-start-'));

const CLIENTS_ONLY = `
import { BatchGetItemCommand, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
const made = [new DynamoDBClient({}), new EventBridgeClient({}), new SecretsManagerClient({}), new SQSClient({})];
const commands = [BatchGetItemCommand, DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand, PutEventsCommand, GetSecretValueCommand, SendMessageBatchCommand];
export const handler = async () => made.length + commands.length;
`;

function bundle(name: string, entry: { file: string } | { text: string }): string {
  const outfile = join(directory, `${name}.mjs`);
  buildSync({
    ...('file' in entry
      ? { entryPoints: [entry.file] }
      : { stdin: { contents: entry.text, resolveDir: ROOT } }),
    absWorkingDir: ROOT,
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
  });
  return outfile;
}

const environment = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  POWERTOOLS_SERVICE_NAME: 'Measured',
  TABLE_NAME: 'table',
  BUS_NAME: 'bus',
  QUEUE_URL: 'http://127.0.0.1:9/queue',
  KOMBO_SECRET_ID: 'secret',
};

/** Milliseconds that a new process takes to load a bundle. */
function load(file: string): number {
  const script = join(directory, 'load.mjs');
  writeFileSync(
    script,
    'const begun = process.cpuUsage(); await import(process.argv[2]); const { user, system } = process.cpuUsage(begun); console.log((user + system) / 1000);',
  );
  const run = spawnSync(process.execPath, [script, file], { env: environment, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return Number(run.stdout);
}

function median(values: number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const files = {
  clients: bundle('clients', { text: CLIENTS_ONLY }),
  poll: bundle('poll', { file: 'functions/lambda/poll.ts' }),
};
const times: { clients: number[]; poll: number[] } = { clients: [], poll: [] };
for (let round = 0; round < ROUNDS; round += 1) {
  times.clients.push(load(files.clients));
  times.poll.push(load(files.poll));
}
const result = { clients: median(times.clients), poll: median(times.poll) };
console.log(`bundle of poll:      ${(statSync(files.poll).size / 1000).toFixed(0)} kB`);
console.log(`AWS clients alone:   ${result.clients.toFixed(1)} ms (median of ${ROUNDS})`);
console.log(`poll:                ${result.poll.toFixed(1)} ms`);
console.log(`poll / AWS clients:  ${(result.poll / result.clients).toFixed(2)}`);
