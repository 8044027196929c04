import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOutputs } from '../../functions/adapters/cloudformation/stacks.ts';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import { createPublisher } from '../../functions/adapters/eventbridge/publisher.ts';
import { findBus, putEventsCall } from '../../functions/adapters/eventbridge/put-events.ts';
import { createKombo } from '../../functions/adapters/kombo/kombo.ts';
import { createBucket } from '../../functions/adapters/s3/bucket.ts';
import { secretReader, storeSecret } from '../../functions/adapters/secrets-manager/secret.ts';
import { countWaiting, createQueue } from '../../functions/adapters/sqs/queue.ts';
import { createReceiver } from '../../functions/adapters/sqs/receive.ts';
import { failureOf } from '../../functions/core/episodes/health.ts';
import { statusOf } from '../../functions/core/operator/status.ts';
import { redactErrors } from '../../functions/telemetry/redact-errors.ts';
import { redacted } from '../../functions/telemetry/redacted.ts';
import type { Telemetry } from '../../functions/telemetry/telemetry.ts';
import { someEntry, someIntegration } from '../adapters/dynamodb/some-items.ts';
import { someEvent } from '../adapters/eventbridge/some-event.ts';
import { type EchoingServer, startEchoingServer } from '../support/echoing-server.ts';
import { observed } from '../support/observed.ts';
import { HOUR_MS } from '../support/test-clock.ts';
import { world } from '../support/world.ts';

const NAME = 'Wilhelmine Testperson';
const EMAIL = 'wilhelmine@example.com';
const TITLE = 'Working at height';
const KEY = 'key-of-the-test';
const CANARIES = /Wilhelmine|Testperson|example\.com|Working|height|key-of-the-test/i;

/** The texts that a server may repeat in each field of its response. Null stands for the whole request. */
const ECHOES: [string, string | null][] = [
  ['the whole request', null],
  ['a full name', NAME],
  ['a first name', 'Wilhelmine'],
  ['an e-mail address', EMAIL],
  ['a title', TITLE],
  ['a key', KEY],
  [
    'lines that look like positions in the code',
    `\n    at ${NAME} (file:///Testperson.js:1:1)\n    at file:///Wilhelmine.js:1:1`,
  ],
];
const STATUSES = [200, 400, 403, 404, 413, 500];

let server: EchoingServer;
let clients: ReturnType<typeof callsTo>;
beforeAll(async () => {
  server = await startEchoingServer();
  clients = callsTo(server.endpoint);
});
afterAll(() => server.close());

const event = () => {
  const { type, detail } = someEvent('p1', 1);
  const learner = { ...detail.learner, firstName: NAME, lastName: NAME, email: EMAIL };
  return { type, detail: { ...detail, learner, course: { ...detail.course, title: TITLE } } };
};

const quick = { budgetMs: 0, firstDelayMs: 1 };
const clientOf = (endpoint: string) => ({
  endpoint,
  region: 'eu-central-1',
  credentials: { accessKeyId: 'tested', secretAccessKey: KEY },
  maxAttempts: 1,
  forcePathStyle: true,
});
const publisherOf = (endpoint: string) =>
  createPublisher({
    putEvents: putEventsCall(new EventBridgeClient(clientOf(endpoint))),
    bus: 'schoolbell',
    retryBudget: quick,
  });

function callsTo(endpoint: string): Record<string, () => Promise<unknown>> {
  const client = clientOf(endpoint);
  const store = createStore({
    calls: dynamoDbCalls(new DynamoDBClient(client)),
    table: 'schoolbell',
    retentionDays: 90,
  });
  const eventBridge = new EventBridgeClient(client);
  const publisher = publisherOf(endpoint);
  const sqs = new SQSClient(client);
  const queueUrl = `${endpoint}/123456789012/poll`;
  const queue = createQueue<{ integration: string; note: string }>(sqs, queueUrl, quick);
  const receiver = createReceiver(sqs, queueUrl);
  const secrets = new SecretsManagerClient(client);
  const bucket = createBucket({ client: new S3Client(client), bucket: 'certificates' });
  const kombo = createKombo({
    baseUrl: `${endpoint}/v1`,
    apiKey: async () => KEY,
    retryBudget: { attemptMs: 1_000, totalMs: 1, firstDelayMs: 1 },
  });
  const at = '2026-03-01T09:30:00.000Z';
  return {
    'EventBridge, PutEvents': async () => {
      const { error, refused } = await publisher.publish([event()]);
      throw error ?? new Error(JSON.stringify(refused));
    },
    'EventBridge, DescribeEventBus': () => findBus(eventBridge, 'schoolbell'),
    'DynamoDB, an entry': () => store.appendEntry(someEntry({ integration: someIntegration() })),
    'DynamoDB, a set-aside record': () =>
      store.setAside('moodle:a', [{ kind: 'record', id: EMAIL, reason: TITLE, at }]),
    'DynamoDB, a query': () => store.readIntegrations(),
    'SQS, SendMessageBatch': () =>
      queue.send([{ integration: 'moodle:a', note: `${NAME} ${EMAIL} ${TITLE}` }]),
    'SQS, ReceiveMessage': () => receiver.receive(),
    'SQS, DeleteMessageBatch': () => receiver.remove([EMAIL]),
    'SQS, GetQueueAttributes': () => countWaiting(sqs, queueUrl),
    'Secrets Manager, GetSecretValue': secretReader(secrets, 'kombo'),
    'Secrets Manager, PutSecretValue': () => storeSecret(secrets, 'kombo', KEY),
    'S3, GetObject': () => bucket.read('state.json'),
    'S3, PutObject of a PDF': () => bucket.add('a.pdf', Buffer.from(`${NAME} ${TITLE}`)),
    'S3, PutObject of a state': () => bucket.replace('state.json', NAME, null),
    'S3, HeadObject': () => bucket.has('a.pdf'),
    'S3, DeleteObject': () => bucket.remove('a.pdf'),
    'CloudFormation, DescribeStacks': () => readOutputs(new CloudFormationClient(client), 'stack'),
    'Kombo, a page': () => kombo.readPage({ integration: 'moodle:a', updatedAfter: null, cursor: null }),
    'Kombo, a page with a cursor': () =>
      kombo.readPage({ integration: 'moodle:a', updatedAfter: null, cursor: EMAIL }),
    'Kombo, records by their ids': () => kombo.readByIds('moodle:a', [EMAIL]),
    'Kombo, the owner of the key': () => kombo.readKeyOwner(),
    'Kombo, how the integration stands': () => kombo.readKomboStatus('moodle:a'),
  };
}

/** Returns everything that is logged, stored or thrown because of an error. */
async function tracesOf(call: () => Promise<unknown>): Promise<string> {
  const traces: unknown[] = [];
  const nothing = () => undefined;
  const telemetry: Telemetry = {
    info: nothing,
    warn: nothing,
    unexpected: (message, error) => traces.push(message, redacted(error)),
    measure: nothing,
  };
  const handle = redactErrors(telemetry, async () => {
    try {
      return await call();
    } catch (error) {
      traces.push(failureOf(error));
      throw error;
    }
  });
  await handle().catch((error: unknown) => traces.push(String(error)));
  return JSON.stringify(traces);
}

describe('a response that repeats its request', () => {
  test.each(ECHOES)(
    'when a server repeats %s in its response, no error and no log line contains the repeated text',
    async (_, echo) => {
      server.echo = echo;
      for (const status of STATUSES) {
        server.status = status;
        for (const [name, call] of Object.entries(clients)) {
          expect(await tracesOf(call), `${name}, ${status}`).not.toMatch(CANARIES);
        }
      }
    },
  );

  test('without redaction, an error of the AWS client contains the part of the request that a server repeats', async () => {
    Object.assign(server, { status: 400, echo: NAME });
    const failed = clients['DynamoDB, a query']?.();
    await expect(failed).rejects.toMatchObject({ cause: { message: NAME } });
  });
});

test('when the bus refuses an event and repeats its data, the data is not in the checkpoint, the set-aside items, the status or an event', async () => {
  const at = world({ mode: 'publish' }, { learnerDetails: 'include' });
  const learnerDetails = { firstName: NAME, lastName: NAME, email: EMAIL };
  const record = observed();
  at.put({ ...record, learnerDetails, course: { ...record.course, title: TITLE } });
  const { publish } = publisherOf(server.endpoint);
  at.ports.publisher = { publish, notify: at.bus.notify };
  const kept: unknown[] = [];
  for (const [, echo] of ECHOES) {
    for (const status of STATUSES) {
      Object.assign(server, { status, echo });
      at.clock.advance(HOUR_MS);
      kept.push(await at.poll());
      const stored = await at.store.readCheckpoint(at.integration.id);
      kept.push(stored?.checkpoint.health, await at.store.readSetAside(at.integration.id));
      const facts = {
        integration: at.integration,
        lease: null,
        setAside: 0,
        firstEntry: null,
        nextEntry: null,
        events: null,
      };
      kept.push(statusOf({ ...facts, checkpoint: stored?.checkpoint ?? null }, at.clock.read()));
    }
  }
  expect(at.bus.notified.map(({ type }) => type)).toContain('IntegrationFailing');
  expect(JSON.stringify([kept, at.bus.notified])).not.toMatch(CANARIES);
});

test('a program error whose message quotes a record is logged with its name and its stack only', () => {
  const lines = `\n    at ${NAME} (file:///Testperson.js:1:1)\n    at file:///Wilhelmine.js:1:1`;
  const error = new SyntaxError(`Unexpected token in "${NAME}${lines}"`);
  error.cause = Object.assign(new Error(lines), { name: EMAIL });

  const problem = redacted(error);

  expect(JSON.stringify(problem)).not.toMatch(CANARIES);
  expect(problem).toMatchObject({ name: 'SyntaxError', cause: { name: 'UnknownError' } });
  expect(problem.at[0]).toContain('echoes.test.ts');
});

test('an error whose message has a megabyte of slashes is redacted within the time of a test', () => {
  const problem = redacted(new TypeError('/'.repeat(1_000_000)));

  expect(problem.at[0]).toContain('echoes.test.ts');
});

test('the error about a secret without text in Secrets Manager contains the id of the secret', async () => {
  Object.assign(server, { status: 200, echo: '' });
  const secrets = new SecretsManagerClient(clientOf(server.endpoint));
  for (const id of ['arn:kombo', 'arn:webhook']) {
    await expect(secretReader(secrets, id)()).rejects.toThrow(
      `The secret ${id} has no text: store its value in it as text`,
    );
  }
});
