import { once } from 'node:events';
import { Readable } from 'node:stream';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readOutputs } from '../../functions/adapters/cloudformation/stacks.ts';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import { findBus } from '../../functions/adapters/eventbridge/put-events.ts';
import { createBucket } from '../../functions/adapters/s3/bucket.ts';
import { secretReader } from '../../functions/adapters/secrets-manager/secret.ts';
import { countWaiting } from '../../functions/adapters/sqs/queue.ts';
import { AWS_CLIENT, collect } from '../../functions/aws-client.ts';
import { type ScriptedKombo, send, spaces, startScriptedKombo } from '../adapters/kombo/scripted-kombo.ts';

let server: ScriptedKombo;

beforeEach(async () => {
  server = await startScriptedKombo();
  region = async () => 'local';
  credentials = async () => ({ accessKeyId: 'local', secretAccessKey: 'local' });
});
afterEach(() => server.stop());

let region: () => Promise<string>;
let credentials: () => Promise<{ accessKeyId: string; secretAccessKey: string }>;

const client = () => ({ ...AWS_CLIENT, endpoint: `http://${server.host}`, region, credentials });
const table = () => dynamoDbCalls(new DynamoDBClient(client()));
const bucket = () =>
  createBucket({ client: new S3Client({ ...client(), forcePathStyle: true }), bucket: 'certificates' });

const calls: [string, () => Promise<unknown>][] = [
  ['DynamoDB', () => createStore({ calls: table(), table: 'table', retentionDays: 90 }).readIntegrations()],
  ['EventBridge', () => findBus(new EventBridgeClient(client()), 'bus')],
  ['SQS', () => countWaiting(new SQSClient(client()), `http://${server.host}/1/polls`)],
  ['Secrets Manager', () => secretReader(new SecretsManagerClient(client()), 'secret')()],
  ['S3', () => bucket().read('a')],
  ['CloudFormation', () => readOutputs(new CloudFormationClient(client()), 'stack')],
];

test.each(calls)(
  'without credentials, the error of a call of %s says to check the credentials',
  async (_, call) => {
    credentials = () => Promise.reject(Object.assign(new Error(), { name: 'CredentialsProviderError' }));

    await expect(call()).rejects.toThrow(/ \(CredentialsProviderError\): check the AWS credentials$/);
  },
);

test.each(calls)('without a Region, the error of a call of %s says to set AWS_REGION', async (_, call) => {
  region = () => Promise.reject(new Error('Region is missing'));

  await expect(call()).rejects.toThrow(/^The AWS Region is missing or invalid: set AWS_REGION$/);
});

test.each([
  ['EventBridge', 'ResourceNotFoundException', /^The bus bus cannot be described .*: check that it exists/],
  ['SQS', 'AccessDeniedException', /policy of the role or user that runs this$/],
  ...['KmsAccessDenied', 'KMS.DisabledException', 'KMS.InvalidStateException', 'KMS.NotFoundException'].map(
    (code): [string, string, RegExp] => ['SQS', code, /: check its URL, its KMS key, /],
  ),
  ['Secrets Manager', 'InvalidRequestException', /is not scheduled for deletion/],
  ['Secrets Manager', 'EncryptionFailure', /may use it and its KMS key$/],
])('the error of a call of %s that fails with %s says what to check', async (service, code, message) => {
  const call = calls.find(([name]) => name === service)?.[1];
  server.replies.push(send(400, JSON.stringify({ __type: code })));

  await expect(call?.()).rejects.toThrow(message);
});

const failed = (code: string) =>
  send(400, `<ErrorResponse><Error><Code>${code}</Code><Message>x</Message></Error></ErrorResponse>`);

test('a stack whose name CloudFormation refuses is a stack that does not exist', async () => {
  server.replies.push(failed('ValidationError'));

  expect(await readOutputs(new CloudFormationClient(client()), 'my stack')).toBeNull();
});

test('the error of a call that CloudFormation throttles has the code of CloudFormation', async () => {
  server.replies.push(failed('Throttling'));
  const oneAttempt = new CloudFormationClient({ ...client(), maxAttempts: 1 });

  await expect(readOutputs(oneAttempt, 'stack')).rejects.toThrow('(Throttling)');
});

describe.each(calls)('a response of %s', (_, call) => {
  test.each([200, 503])(
    'a call of AWS fails when the response with the status %i does not end, instead of reading without a limit',
    async (status) => {
      server.replies.push(spaces(Number.POSITIVE_INFINITY, 'identity', status));

      await expect(call()).rejects.toThrow(Error);
      expect(server.asked.length).toBeLessThanOrEqual(AWS_CLIENT.maxAttempts);
    },
  );
});

test('reading an object of S3 that is larger than 64 MB fails', async () => {
  const body = ' '.repeat(64 * 1024 * 1024 + 1);
  server.replies.push(send(200, body, { etag: '"1"', 'content-length': String(body.length) }));

  await expect(bucket().read('a')).rejects.toThrow('has more than 64 MB');
});

test('reading a response of AWS fails when the response does not end before the deadline', async () => {
  const body = new Readable({ read: () => {} });
  body.push('{');

  await expect(collect(body, 20)).rejects.toThrow('did not end in time');
});

test('a response of AWS is read to its end, and its stream is closed', async () => {
  const body = Readable.from([Buffer.from('a'), Buffer.from('b')]);
  const closed = once(body, 'close');

  expect(Buffer.from(await collect(body, 5_000)).toString()).toBe('ab');
  await closed;
});
