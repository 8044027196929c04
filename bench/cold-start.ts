import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BuildOptions, buildSync } from 'esbuild';
import { BUNDLING, memoryOptions, POLL_MEMORY_MB } from '../infra/constructs/function-options.ts';
import { type Measure, median } from './report.ts';

const ROUNDS = 31;
const ROOT = join(import.meta.dirname, '..');

const CLIENTS_ONLY = `
import { BatchExecuteStatementCommand, BatchGetItemCommand, DeleteItemCommand, DynamoDBClient, GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
const made = [new DynamoDBClient({}), new EventBridgeClient({}), new SecretsManagerClient({}), new SQSClient({})];
const commands = [BatchExecuteStatementCommand, BatchGetItemCommand, DeleteItemCommand, GetItemCommand, PutItemCommand, QueryCommand, UpdateItemCommand, PutEventsCommand, GetSecretValueCommand, SendMessageBatchCommand];
export const handler = async () => made.length + commands.length;
`;

const LOAD = `
const begun = process.cpuUsage();
await import(process.argv[2]);
const { user, system } = process.cpuUsage(begun);
console.log((user + system) / 1000);
`;

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

/**
 * Measures the processor time of loading the poll function's bundle in a new process, and that of a function
 * that only creates the same AWS clients, with their default credential providers. Takes about 15 seconds.
 */
export function measureColdStart(): Measure {
  const directory = mkdtempSync(join(tmpdir(), 'schoolbell-cold-start-'));
  try {
    const script = join(directory, 'load.mjs');
    writeFileSync(script, LOAD);
    const clients = bundle(join(directory, 'clients.mjs'), {
      stdin: { contents: CLIENTS_ONLY, resolveDir: ROOT },
      alias: {},
    });
    const poll = bundle(join(directory, 'poll.mjs'), { entryPoints: ['functions/poll/lambda.ts'] });
    const rounds = Array.from({ length: ROUNDS }, () => [load(script, poll), load(script, clients)] as const);
    return {
      name: 'cold start of the bundled poll function',
      beside: 'a function that imports only the same AWS clients',
      unit: 'ms',
      values: [median(rounds.map(([pollMs]) => pollMs))],
      limits: [median(rounds.map(([, clientsMs]) => clientsMs))],
      atMost: 1.15,
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Creates a bundle with the options of a deployment, except those in `what`. Returns its path. */
function bundle(outfile: string, what: Pick<BuildOptions, 'entryPoints' | 'stdin' | 'alias'>): string {
  buildSync({ ...BUNDLING, ...what, absWorkingDir: ROOT, outfile });
  return outfile;
}

/** Returns the processor time of loading a bundle in a new process, in milliseconds. */
function load(script: string, file: string): number {
  const run = spawnSync(process.execPath, [script, file], { env: ENVIRONMENT, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr.slice(-1_000));
  return Number(run.stdout);
}
