import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { BUNDLING, memoryOptions, POLL_MEMORY_MB } from '../infra/constructs/function-options.ts';

/** Milliseconds of CPU time. */
export type Spread = { min: number; median: number; max: number };

/**
 * What a new process needs to load the poll function's bundle and to make its parts, against a function that only makes
 * the same AWS clients. `ratio` is that of the medians.
 */
export type ColdStart = { clientsMs: Spread; pollMs: Spread; ratio: number; bundleBytes: number };

const ROUNDS = 31;
const ROOT = join(import.meta.dirname, '..');

const CLIENTS_ONLY = `
import { BatchGetItemCommand, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
const made = [new DynamoDBClient({}), new EventBridgeClient({}), new SecretsManagerClient({}), new SQSClient({})];
const commands = [BatchGetItemCommand, DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand, PutEventsCommand, GetSecretValueCommand, SendMessageBatchCommand];
export const handler = async () => made.length + commands.length;
`;

const LOAD = `
const begun = process.cpuUsage();
await import(process.argv[2]);
const { user, system } = process.cpuUsage(begun);
console.log((user + system) / 1000);
`;

/** All that the functions see. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  POWERTOOLS_SERVICE_NAME: 'Measured',
  TABLE_NAME: 'table',
  BUS_NAME: 'bus',
  QUEUE_URL: 'http://127.0.0.1:9/queue',
  KOMBO_SECRET_ID: 'secret',
  REMOTE_IDS_KEY_ID: 'remote-ids-key',
  NODE_OPTIONS: memoryOptions(POLL_MEMORY_MB).join(' '),
};

/** Loads both bundles alternately, so that both meet the same machine. It takes a quarter of a minute. */
export function measureColdStart(): ColdStart {
  const directory = mkdtempSync(join(tmpdir(), 'schoolbell-cold-start-'));
  try {
    const script = join(directory, 'load.mjs');
    writeFileSync(script, LOAD);
    const clients = bundle(join(directory, 'clients.mjs'), {
      stdin: { contents: CLIENTS_ONLY, resolveDir: ROOT },
    });
    const poll = bundle(join(directory, 'poll.mjs'), { entryPoints: ['functions/poll/lambda.ts'] });
    const rounds = Array.from({ length: ROUNDS }, () => ({
      clients: load(script, clients),
      poll: load(script, poll),
    }));
    const clientsMs = spread(rounds.map((round) => round.clients));
    const pollMs = spread(rounds.map((round) => round.poll));
    return { clientsMs, pollMs, ratio: pollMs.median / clientsMs.median, bundleBytes: statSync(poll).size };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Bundles as the CDK does for a deployment. Returns the file. */
function bundle(
  outfile: string,
  what: { entryPoints: string[] } | { stdin: { contents: string; resolveDir: string } },
): string {
  buildSync({ ...what, ...BUNDLING, absWorkingDir: ROOT, outfile });
  return outfile;
}

function load(script: string, file: string): number {
  const run = spawnSync(process.execPath, [script, file], { env: ENVIRONMENT, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr.slice(-1_000));
  return Number(run.stdout);
}

function spread(values: number[]): Spread {
  const sorted = values.toSorted((left, right) => left - right);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { min: at(0), median: at(Math.floor(sorted.length / 2)), max: at(sorted.length - 1) };
}

if (import.meta.main) {
  const { clientsMs, pollMs, ratio, bundleBytes } = measureColdStart();
  const row = (name: string, { min, median, max }: Spread) =>
    `${name} ${[min, median, max].map((ms) => ms.toFixed(1).padStart(8)).join('')}`;
  console.log(
    `bundle of poll: ${(bundleBytes / 1000).toFixed(0)} kB; ${ROUNDS} rounds, milliseconds of CPU time`,
  );
  console.log('                       min  median     max');
  console.log(row('AWS clients alone ', clientsMs));
  console.log(row('poll              ', pollMs));
  console.log(`poll / AWS clients: ${ratio.toFixed(2)}`);
}
