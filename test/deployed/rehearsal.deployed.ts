import { createHmac } from 'node:crypto';
import { DescribeTableCommand, DynamoDBClient, ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoDbCalls } from '../../functions/adapters/dynamodb/dynamodb-calls.ts';
import { createStore } from '../../functions/adapters/dynamodb/store.ts';
import { outputNames } from '../../functions/contract/output-names.ts';
import { fixedRecords } from '../../local/sandbox/fixed-records.ts';
import { steppedClock } from '../../local/sandbox/sandbox-clock.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/server.ts';
import { someRecord } from '../support/some-record.ts';
import { cdk, deploy } from './cdk.ts';
import { rehearsal } from './rehearsal-settings.ts';
import { createRuleQueue, type RuleQueue } from './rule-queue.ts';
import { schoolbell } from './schoolbell.ts';

const { integration, komboKey, webhookSecret } = rehearsal;
const HOUR_MS = 60 * 60 * 1000;

describe('a deployment', () => {
  const clock = steppedClock(Date.now() - 24 * HOUR_MS);
  const records = fixedRecords([someRecord]);
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: process.env['AWS_ENDPOINT_URL'] === undefined });
  let sandbox: Sandbox;
  let settings: Record<string, string>;
  let outputs: Record<string, string>;
  let arrived: RuleQueue;

  const output = (name: keyof typeof outputNames) => outputs[outputNames[name]] ?? '';
  const readCheckpoint = async () => {
    const calls = dynamoDbCalls(new DynamoDBClient({}));
    const store = createStore({ calls, table: output('table'), retentionDays: 90 });
    return (await store.readCheckpoint(integration))?.checkpoint;
  };
  const changeAt = (status: 'COMPLETED' | 'DROPPED') => {
    clock.advance(HOUR_MS);
    const at = new Date(clock.now()).toISOString();
    records.put({ ...someRecord, status, completed_at: status === 'COMPLETED' ? at : null, changed_at: at });
  };
  const askForPoll = () =>
    sqs.send(
      new SendMessageCommand({ QueueUrl: output('pollQueue'), MessageBody: JSON.stringify({ integration }) }),
    );

  beforeAll(async () => {
    sandbox = await startSandbox({ apiKey: komboKey, clock, integrations: [{ id: integration, records }] });
    settings = { REHEARSAL_KOMBO_URL: rehearsal.komboUrl ?? sandbox.url };
    if (!rehearsal.whole) {
      console.log(
        'Not rehearsed, since AWS_ENDPOINT_URL points to an emulator: the archive, the webhook (function URL).',
      );
    }
  });

  afterAll(async () => {
    await sandbox.close();
  });

  it('comes up with one command', async () => {
    await cdk(['bootstrap'], settings);
    outputs = await deploy(settings);
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining([outputNames.table, outputNames.pollQueue]));
    arrived = await createRuleQueue(output('bus'), `${rehearsal.name}-arrived`);
  });

  it('takes the key and an integration from the command line', async () => {
    await schoolbell(['key'], `${output('environment')} KOMBO_API_KEY=${komboKey}`);
    await schoolbell(['integrations', 'add', integration], output('environment'));
    expect(await schoolbell(['integrations', 'list', '--json'], output('environment'))).toContain(
      integration,
    );
  });

  it('polls it on its schedule: the baseline, silently', async () => {
    const events = await arrived.receive(1);
    expect(events.map((event) => event['detail-type'])).toEqual(['IntegrationBaselined']);
  });

  it("brings what happens to a rule's queue", async () => {
    changeAt('COMPLETED');
    await askForPoll();
    const [event] = await arrived.receive(1);
    expect(event).toMatchObject({
      source: 'schoolbell',
      'detail-type': 'CourseCompleted',
      detail: { version: 1, integration: { id: integration }, progression: { id: someRecord.id } },
    });
  });

  it.runIf(rehearsal.whole)('polls when Kombo says that data changed', async () => {
    await new SecretsManagerClient({}).send(
      new PutSecretValueCommand({ SecretId: output('webhookSecret'), SecretString: webhookSecret }),
    );
    const body = JSON.stringify({
      id: 'rehearsal',
      type: 'data-changed',
      data: {
        integration_id: integration,
        integration_category: 'LMS',
        changed_models: [{ name: 'lms_course_progressions' }],
      },
    });
    const send = (signature: string) =>
      fetch(output('webhookUrl'), { method: 'POST', body, headers: { 'X-Kombo-Signature': signature } });
    expect((await send('forged')).status).toBe(401);
    expect((await send(createHmac('sha256', webhookSecret).update(body).digest('base64url'))).status).toBe(
      202,
    );
  });

  it('replays what was published, under another name', async () => {
    const from = new Date(Date.now() - 24 * HOUR_MS).toISOString();
    await schoolbell(['replay', integration, '--from', from, '--yes'], output('environment'));
    const events = await arrived.receive(3);
    expect(events.map((event) => event['detail-type']).toSorted()).toEqual([
      'ReplayFinished',
      'ReplayStarted',
      'ReplayedCourseCompleted',
    ]);
  });

  it('is updated in place and goes on from where it was', async () => {
    const before = await readCheckpoint();
    const updated = await deploy({ ...settings, REHEARSAL_OVERLAP_MINUTES: '30' });
    expect(updated[outputNames.table]).toBe(output('table'));
    expect((await readCheckpoint())?.entry).toBe(before?.entry);
    changeAt('DROPPED');
    await askForPoll();
    const events = await arrived.receive(1);
    expect(events.map((event) => event['detail-type'])).toEqual(['LearnerDropped']);
    expect((await readCheckpoint())?.entry).toBe((before?.entry ?? 0) + 1);
  });

  it('goes without a trace when nothing is to be kept', async () => {
    await arrived.remove();
    await cdk(['destroy', '--all', '--force'], settings);
    const table = new DescribeTableCommand({ TableName: output('table') });
    await expect(new DynamoDBClient({}).send(table)).rejects.toThrow(ResourceNotFoundException);
  });
});
