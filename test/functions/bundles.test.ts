import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { deliveredExample, exampleOf } from '../../catalogue/examples.ts';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createReplayStore } from '../../functions/adapters/dynamodb/replay-items.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import { createKombo } from '../../functions/adapters/kombo/kombo.ts';
import { orderReplay } from '../../functions/core/replay/order-replay.ts';
import { planReplay } from '../../functions/core/replay/plan-replay.ts';
import { ANY_EVENT } from '../../functions/core/replay/selection.ts';
import { type Bus, type DeliveredEvent, startBus } from '../../local/bus/bus.ts';
import { EMBEDDED_CREDENTIALS } from '../../local/dynamodb-engine.ts';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import { steppedClock } from '../../local/sandbox/clock.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/server.ts';
import { bundle } from '../infra/bundles.ts';
import { rights } from '../infra/rights.ts';
import { type AwsRecorder, startAwsRecorder } from '../support/aws-recorder.ts';
import { fixedRecords } from '../support/fixed-records.ts';
import { type RunningFunction, startFunction } from '../support/lambda-runtime.ts';
import { type LocalQueueAndSecrets, startLocalQueue } from '../support/local-queue.ts';
import { someRecord } from '../support/some-record.ts';

const INTEGRATION = 'moodle:7C9M5sXAQx2cNMpVHLojrFpL';
const KOMBO_KEY = 'key-of-the-test';
const WEBHOOK_SECRET = 'secret-of-the-test';
const SLACK_SECRET = 'path-of-the-test';
const NOW = Date.parse('2026-03-01T09:00:00.000Z');

/** Returns an event of SQS as Lambda passes it to a function. */
function sqsEvent(body: unknown) {
  return {
    Records: [
      {
        messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
        receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
        body: JSON.stringify(body),
        attributes: { ApproximateReceiveCount: '1' },
        messageAttributes: {},
        md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:eu-central-1:123456789012:poll',
        awsRegion: 'eu-central-1',
      },
    ],
  };
}

/** Returns a request to a function URL as Lambda passes it to a function. */
function urlEvent(body: string, signature: string) {
  return {
    version: '2.0',
    rawPath: '/',
    headers: { 'content-type': 'application/json', 'x-kombo-signature': signature },
    requestContext: { http: { method: 'POST', path: '/', sourceIp: '192.0.2.1' } },
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
  };
}

describe('the bundled functions, started as Lambda starts them', () => {
  const clock = steppedClock(NOW);
  /** A record of a platform whose own ids are e-mail addresses. */
  const record = {
    ...someRecord,
    remote_id: 'ada@example.com/7',
    user: {
      id: 'user-1',
      remote_id: 'ada@example.com',
      first_name: 'Ada',
      last_name: 'Byron',
      work_email: null,
    },
  };
  const records = fixedRecords([record]);
  const delivered: DeliveredEvent[] = [];
  let bundles: Record<string, string>;
  let database: EmbeddedDynamoDb;
  let bus: Bus;
  let sandbox: Sandbox;
  let queue: LocalQueueAndSecrets;
  let poll: RunningFunction;
  let dispatch: RunningFunction;
  let webhook: RunningFunction;
  let replay: RunningFunction;
  let slack: RunningFunction;
  const posted: string[] = [];
  /**
   * The errors with which Slack responds to the next messages, one per message. When none is left, Slack
   * accepts each message.
   */
  const refusals: string[] = [];
  const slackServer = createServer(async (request, response) => {
    posted.push(await text(request));
    const refusal = refusals.shift();
    response.writeHead(refusal === undefined ? 200 : 404).end(refusal ?? 'ok');
  });
  /** The AWS calls of each function, by the name of the function. */
  const recorders = new Map<string, AwsRecorder>();

  beforeAll(async () => {
    bundles = bundle();
    database = await startEmbeddedDynamoDb();
    bus = await startBus({ onEvent: (event) => void delivered.push(event) });
    sandbox = await startSandbox({ apiKey: KOMBO_KEY, clock, integrations: [{ id: INTEGRATION, records }] });
    slackServer.listen(0, '127.0.0.1');
    await once(slackServer, 'listening');
    const { port } = z.object({ port: z.number() }).parse(slackServer.address());
    queue = await startLocalQueue({
      kombo: KOMBO_KEY,
      webhook: WEBHOOK_SECRET,
      slack: `http://127.0.0.1:${port}/services/${SLACK_SECRET}`,
      'remote-ids-key': 'k'.repeat(64),
    });
    const standIns = {
      DynamoDB_20120810: database.endpoint,
      AWSEvents: bus.endpoint,
      AmazonSQS: queue.endpoint,
      secretsmanager: queue.endpoint,
    };
    const start = async (name: string, role = name.toLowerCase()) => {
      const aws = await startAwsRecorder(standIns);
      recorders.set(role, aws);
      const environment = {
        POWERTOOLS_SERVICE_NAME: 'Tested',
        AWS_ENDPOINT_URL: aws.endpoint,
        TABLE_NAME: database.table,
        BUS_NAME: 'tested',
        QUEUE_URL: `${aws.endpoint}/123456789012/poll`,
        REPLAY_QUEUE_URL: `${aws.endpoint}/123456789012/replay`,
        KOMBO_SECRET_ID: 'kombo',
        REMOTE_IDS_KEY_ID: 'remote-ids-key',
        KOMBO_BASE_URL: sandbox.url,
        WEBHOOK_SECRET_ID: 'webhook',
        INTEGRATIONS: INTEGRATION,
        POLL_EVERY_MINUTES: '15',
        SLACK_SECRET_ID: 'slack',
      };
      return startFunction({ bundle: bundles[name] ?? '', environment });
    };
    poll = await start('Poll');
    dispatch = await start('Dispatch');
    webhook = await start('Webhook');
    replay = await start('Replay');
    slack = await start('Slacklearning', 'slack');
  });

  afterAll(async () => {
    await Promise.all([poll, dispatch, webhook, replay, slack].map((each) => each?.close()));
    slackServer.closeAllConnections();
    slackServer.close();
    await Promise.all([...recorders.values(), queue, sandbox, bus, database].map((each) => each?.close()));
  });

  it('the bundle of each Lambda function is smaller than a megabyte', () => {
    for (const file of Object.values(bundles)) expect(statSync(file).size).toBeLessThan(1_000_000);
  });

  it('the bundles contain no code that searches for credentials outside the environment variables', () => {
    const providers = /AWS_CONTAINER_CREDENTIALS|sso_session|credential_process/;
    const found = Object.keys(bundles).filter((id) =>
      providers.test(readFileSync(bundles[id] ?? '', 'utf8')),
    );
    expect(found).toEqual([]);
  });

  it("the bundled dispatch function adds the integration in its settings, sends a poll message for it and logs the fleet's metrics", async () => {
    expect(await dispatch.invoke({})).toEqual({ result: { sent: 1 } });
    expect(queue.sent).toEqual([{ integration: INTEGRATION }]);
    expect(dispatch.log()).toContain('"IntegrationsActive":1');
    expect(dispatch.log()).toContain('"service":"Tested"');
  });

  it('the bundled poll function publishes only IntegrationBaselined in its first poll and only CourseCompleted in its second', async () => {
    const message = sqsEvent({ integration: INTEGRATION });
    expect(await poll.invoke(message)).toEqual({ result: null });
    expect(delivered.map((event) => event['detail-type'])).toEqual(['IntegrationBaselined']);

    clock.advance(60 * 60 * 1000);
    const at = new Date(clock.now()).toISOString();
    records.put({ ...record, status: 'COMPLETED', completed_at: at, changed_at: at });
    expect(await poll.invoke(message)).toEqual({ result: null });
    expect(delivered.map((event) => event['detail-type'])).toEqual([
      'IntegrationBaselined',
      'CourseCompleted',
    ]);
    expect(poll.log()).toContain('"EventsPublished":1');
    expect(poll.log()).toContain('"events":{"CourseCompleted":1}');
  });

  it('the bundled replay function sends the events of a replay once, even when the message about the replay arrives twice', async () => {
    const { store, replays } = storeOf(database);
    const kombo = createKombo({ baseUrl: sandbox.url, apiKey: async () => KOMBO_KEY });
    const ports = { store, replays, kombo, clock: Date.now };
    const integration = await store.readIntegration(INTEGRATION);
    if (integration === null) throw new Error('it was added by dispatch');
    const planned = await planReplay(ports, integration, {
      range: { from: '2026-01-01T00:00:00.000Z', to: null },
      filter: ANY_EVENT,
      source: 'journal',
    });
    if ('refused' in planned) throw new Error(planned.refused);
    const order = {
      id: 'tested',
      reason: 'a test',
      consumer: 'badges',
      asLive: false,
      rate: 100,
      writer: 'w',
    };
    await orderReplay(ports, planned.plan, order);

    delivered.length = 0;
    const message = sqsEvent({ integration: INTEGRATION, replay: 'tested' });
    expect(await replay.invoke(message)).toEqual({ result: null });
    expect(await replay.invoke(message)).toEqual({ result: null });
    expect(delivered.map((event) => event['detail-type'])).toEqual([
      'ReplayStarted',
      'ReplayedCourseCompleted',
      'ReplayFinished',
    ]);
    expect(replay.log()).toContain('"published":1');
  });

  it('the bundled poll function pauses an integration when a webhook reports a change and Kombo no longer has the integration', async () => {
    const { store } = storeOf(database);
    const gone = 'moodle:gone';
    await store.changeIntegration(gone, () => ({
      id: gone,
      state: 'active',
      baseline: { mode: 'silent' },
      addedAt: '2026-01-01T00:00:00.000Z',
    }));
    expect(await poll.invoke(sqsEvent({ integration: gone, follow: 'changed' }))).toEqual({ result: null });
    expect(await store.readIntegration(gone)).toMatchObject({ state: 'paused', pausedBy: 'kombo' });
  });

  it('the bundled poll function fails when its message is invalid, and the error does not quote the message', async () => {
    const answer = await poll.invoke({ Records: [{ body: 'Ada Byron <ada@example.com>' }] });
    expect(answer).toEqual({
      error: { errorType: 'Error', errorMessage: expect.stringContaining('SyntaxError') },
    });
    expect(poll.log()).toContain('invocation failed');
    expect(poll.log()).toMatch(/at [^ ]*functions\/poll\/handler\.ts:\d+:\d+"/);
  });

  it('the bundled webhook function sends a poll message for a signed request and refuses a forged request without a log line', async () => {
    const body = JSON.stringify({
      id: 'webhook-1',
      type: 'data-changed',
      data: {
        integration_id: INTEGRATION,
        integration_tool: 'moodle',
        integration_category: 'LMS',
        changed_models: [{ name: 'lms_users' }, { name: 'lms_course_progressions' }],
      },
    });
    const signature = createHmac('sha256', WEBHOOK_SECRET).update(body).digest('base64url');
    queue.sent.length = 0;
    expect(await webhook.invoke(urlEvent(body, signature))).toMatchObject({ result: { statusCode: 202 } });
    expect(await webhook.invoke(urlEvent(`${body} `, signature))).toMatchObject({
      result: { statusCode: 401 },
    });
    expect(queue.sent).toEqual([{ integration: INTEGRATION }]);
    expect(webhook.log()).not.toContain('efused');
  });

  it("the bundled slack function posts an event; when Slack refuses it, the error has only Slack's error code or the HTTP status", async () => {
    const { detail } = exampleOf('CourseCompleted');
    const learner = {
      ...Object(detail).learner,
      firstName: 'Ada',
      lastName: 'Byron',
      email: 'ada@example.com',
    };
    const event = sqsEvent(deliveredExample('CourseCompleted', { ...detail, learner }));
    expect(await slack.invoke(event)).toEqual({ result: null });
    expect(posted).toEqual([expect.stringContaining('Ada Byron')]);

    for (const [answer, shown] of [
      ['no_service', 'no_service'],
      ['Ada Byron', '404'],
    ]) {
      refusals.push(answer ?? '');
      const errorMessage = expect.stringContaining(`Slack refuses the message (${shown})`);
      expect(await slack.invoke(event)).toEqual({ error: { errorType: 'Error', errorMessage } });
    }
  });

  it('the bundled functions make only AWS calls that their roles allow', () => {
    const all = rights();
    for (const [name, recorder] of recorders) {
      const granted = all.filter(({ who }) => who === name).map(({ call }) => call);
      const made = recorder.calls().map(({ action }) => action);
      expect(made.length, name).toBeGreaterThan(0);
      expect(granted, name).toEqual(expect.arrayContaining(made));
    }
  });

  it('the bundled functions neither store nor publish an e-mail address that a platform uses as an id', async () => {
    const published = JSON.stringify(delivered);
    expect(published).toMatch(/"remoteId":"hashed-[\w-]{22}"/);
    const { store } = storeOf(database);
    const stored = [...(await store.readKnown(INTEGRATION, [someRecord.id])).values()];
    for await (const entry of store.readEntries(INTEGRATION, 1, 99)) stored.push(...Object(entry.changes));
    expect(stored.length).toBeGreaterThan(2);
    expect(published + JSON.stringify(stored)).not.toContain('example.com');
  });

  it('the bundled functions log no name, e-mail address, course title or key', () => {
    const logs = [poll, dispatch, webhook, replay, slack].map((each) => each.log()).join('\n');
    for (const secret of [
      'Ada',
      'Byron',
      'ada@example.com',
      'First aid',
      KOMBO_KEY,
      WEBHOOK_SECRET,
      SLACK_SECRET,
    ]) {
      expect(logs).not.toContain(secret);
    }
  });
});

function storeOf({ endpoint, table }: EmbeddedDynamoDb) {
  const client = new DynamoDBClient({ endpoint, region: 'local', credentials: EMBEDDED_CREDENTIALS });
  const options = { calls: dynamoDbCalls(client), table, retentionDays: 90 };
  return { store: createStore(options), replays: createReplayStore(options) };
}
