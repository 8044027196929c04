import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { textOf } from '../../consumers/channels/channel-handler.ts';
import {
  type Channel,
  digestMessageRule,
  liveRules,
  type Rule,
} from '../../consumers/channels/channel-rules.ts';
import { slackMessage } from '../../consumers/slack/slack-message.ts';
import { outputNames } from '../../functions/contract/names.ts';
import { isEventType } from '../../functions/contract/published-events.ts';
import { matchesPattern } from '../../local/rules/match-pattern.ts';
import { someRecord } from '../support/some-record.ts';
import { createApiDestinations } from './api-destinations.ts';
import { type Checkout, createCheckout } from './checkout.ts';
import { callNow, logLines } from './emulator-calls.ts';
import { emulatorGaps } from './emulator-gaps.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { rehearsal } from './rehearsal-settings.ts';
import { type RehearsedSchool, startRehearsedSchool } from './rehearsed-school.ts';
import { createRuleQueue, type Delivered, type RuleQueue } from './rule-queue.ts';

const { integration, komboKey } = rehearsal;
const NAME = `${rehearsal.name}Consumers`;
const HR_KEY = 'key "of" the endpoint';

/** The paths on the local server that replace the URLs of Slack and of a personnel system. */
const HR = '/hr.example.com/events';
const hook = ({ name }: { name: string }) => `/hooks.slack.com/services/T0/B0/${name}`;

/** A course title with characters that would break a message, or start markup in it, if they were not escaped. */
const HOSTILE_TITLE = 'Fire "safety" \\ <v1> & *bold*\n<!channel> Brände 🔥';

const learning = channel('learning', [
  'CourseCompleted',
  'CourseReopened',
  'IntegrationBaselined',
  'CertificateIssued',
]);
const completions = channel('completions', ['CourseCompleted']);
const daily = channel('daily', ['CourseCompleted', 'CourseReopened']);

function channel(name: string, events: Channel['events']): Channel {
  return { name, events: [...events] };
}

/** These tests run only on an emulator, because on AWS nothing shows what Slack's servers received. */
describe.runIf(rehearsal.isEmulated)('the consumers that the settings switch on', () => {
  let school: RehearsedSchool;
  let checkout: Checkout;
  let server: Receiver;
  let arrived: RuleQueue;

  const output = (name: string) => checkout.outputs()[name] ?? '';
  const poll = async (count: number) => {
    await checkout.schoolbell('poll', integration);
    return arrived.receive(count);
  };
  /** The certificates that were issued according to the events. */
  const issued: { number: string; key: string }[] = [];
  const noteIssued = (events: Delivered[]) => {
    for (const { detail } of ofType(events, 'CertificateIssued'))
      issued.push(Issued.parse(detail).certificate);
  };
  const ofType = (events: Delivered[], type: string) =>
    events.filter((event) => event['detail-type'] === type);
  /**
   * Checks that a path received the messages about these events that the rules select, and returns the
   * requests. The code of the Slack function creates the expected messages.
   */
  const expectPosted = async (path: string, rules: Rule[], events: Delivered[]) => {
    const messages = events.flatMap((event) =>
      rules
        .filter(({ pattern }) => matchesPattern(pattern, event))
        .map(() => JSON.stringify(slackMessage(textOf(event)))),
    );
    const requests = await server.receive(path, messages.length);
    const posted = requests.map(({ body }) => parsed(body));
    expect(posted.toSorted(byText)).toEqual(messages.map(parsed).toSorted(byText));
    return requests;
  };

  beforeAll(async () => {
    school = await startRehearsedSchool();
    server = await startReceiver();
    checkout = await createCheckout();
    checkout.configure({
      name: NAME,
      kombo: school.url,
      pollEveryMinutes: 360,
      learnerDetails: 'include',
      keepState: false,
      certificates: { revoke: true },
      schemaRegistry: true,
      slack: [
        {
          ...wanted(learning),
          via: { way: 'incoming-webhook', url: await secret('learning', `${server.url}${hook(learning)}`) },
        },
        {
          ...wanted(completions),
          via: {
            way: 'incoming-webhook',
            url: await secret('completions', `${server.url}${hook(completions)}`),
          },
        },
        {
          ...wanted(daily),
          via: { way: 'incoming-webhook', url: await secret('daily', `${server.url}${hook(daily)}`) },
          digestAt: '17:00',
        },
      ],
      endpoints: [
        {
          name: 'hr',
          events: ['CourseCompleted', 'ReplayFinished'],
          url: `https:/${HR}`,
          authorization: { type: 'header', header: 'x-key', value: await secret('hr', HR_KEY) },
        },
      ],
    });
    await checkout.shell('npx cdk bootstrap');
    await checkout.shell('npx cdk deploy --all');
    await createApiDestinations(checkout.withheld(), { server: server.url });
    arrived = await createRuleQueue(output(outputNames.bus), `${NAME}-arrived`, { source: ['schoolbell'] });
    await checkout.shell(`KOMBO_API_KEY=${komboKey} npx schoolbell key`);
    await checkout.schoolbell('integrations', 'add', integration);
  });

  afterAll(async () => {
    console.log(emulatorGaps(checkout.withheld()));
    await server.close();
    checkout.remove();
    await school.close();
  });

  it('IntegrationBaselined is posted to the Slack channel that receives this type of event', async () => {
    const events = await poll(1);
    expect(events.map(typeOf)).toEqual(['IntegrationBaselined']);
    await expectPosted(hook(learning), liveRules(learning), events);
  });

  it('a completion with a hostile course title is posted to Slack and to an endpoint, and one certificate is issued', async () => {
    completeUnder(0, HOSTILE_TITLE);
    const events = await poll(2);
    expect(events.map(typeOf).toSorted()).toEqual(['CertificateIssued', 'CourseCompleted']);
    noteIssued(events);

    expect(await expectPosted(hook(learning), liveRules(learning), events)).toHaveLength(2);
    const [message] = await expectPosted(hook(completions), liveRules(completions), events);
    expect(message?.headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/json/),
    });
    expect(parsed(message?.body)).toMatchObject({
      blocks: expect.arrayContaining([
        {
          type: 'section',
          text: { type: 'plain_text', text: HOSTILE_TITLE.replace('\n', ' '), emoji: false },
        },
      ]),
    });

    const [request] = await server.receive(HR, 1);
    expect(request?.headers).toMatchObject({ 'x-key': HR_KEY });
    expect(parsed(request?.body)).toEqual(ofType(events, 'CourseCompleted')[0]);
  });

  it('the bucket contains the certificate under the key in CertificateIssued', async () => {
    const { key = '', number = '' } = issued[0] ?? {};
    expect(await certificateKeys()).toEqual([key]);
    const { Body, ContentType } = await s3.send(
      new GetObjectCommand({ Bucket: output('CertificatesBucket'), Key: key }),
    );
    expect(ContentType).toBe('application/pdf');
    expect(key).toContain(number);
    const pdf = Buffer.from((await Body?.transformToByteArray()) ?? []).toString('latin1');
    expect(pdf).toMatch(/^%PDF-[\s\S]*%%EOF\s*$/);
  });

  it('a completion without a course title and names is posted to the Slack channels and the endpoint', async () => {
    completeUnder(1, null, { first_name: null, last_name: null });
    const events = await poll(2);
    noteIssued(events);
    await expectPosted(hook(learning), liveRules(learning), events);
    await expectPosted(hook(completions), liveRules(completions), events);
    await server.receive(HR, 1);
  });

  it('a replay for all consumers is posted to each channel, and no second certificate is issued', async () => {
    await replay();
    // The four events are the two completions, and the start and the end of the replay.
    const events = await arrived.receive(4);
    expect(await expectPosted(hook(learning), liveRules(learning), events)).toHaveLength(2);
    expect(await expectPosted(hook(completions), liveRules(completions), events)).toHaveLength(2);
    await server.receive(HR, 3);
  });

  it('a replay for one consumer is posted only to the channel of this consumer', async () => {
    await replay('--consumer', 'completions');
    const events = await arrived.receive(4);
    expect(await expectPosted(hook(completions), liveRules(completions), events)).toHaveLength(2);
    // The endpoint receives only the event about the end of the replay.
    await server.receive(HR, 1);
  });

  it('the certificate of a reopened course is revoked', async () => {
    school.change([0], { status: 'IN_PROGRESS', completed_at: null });
    const events = await poll(2);
    expect(events.map(typeOf).toSorted()).toEqual(['CertificateRevoked', 'CourseReopened']);
    expect(await expectPosted(hook(learning), liveRules(learning), events)).toHaveLength(1);
  });

  it('the digest is posted at its scheduled time and contains no names', async () => {
    await callNow(`${NAME}Subscribers`);
    const events = await arrived.receive(1);
    expect(events).toMatchObject([
      { 'detail-type': 'DigestPrepared', detail: { channel: 'daily', events: 3 } },
    ]);
    const [digest] = await expectPosted(hook(daily), [digestMessageRule(daily)], events);
    expect(digest?.body).toMatch(/Course completed[\s\S]*Course reopened/);
    expect(digest?.body).not.toContain('Byron');
  });

  it('at the end of the rehearsal, no further message was posted, and each of the two completions has one certificate', async () => {
    expect(await arrived.rest()).toEqual([]);
    expect((await certificateKeys()).toSorted()).toEqual(issued.map(({ key }) => key).toSorted());
    expect(issued).toHaveLength(2);
    expect(server.untaken()).toEqual({});
  });

  it('the functions of the consumers log no error, no name and no e-mail address', async () => {
    const lines = await logLines(NAME);
    expect(lines.filter((line) => line.includes('"message":"certificate"'))).not.toEqual([]);
    expect(lines.filter((line) => line.includes('"level":"ERROR"'))).toEqual([]);
    const { first_name, last_name, work_email } = { ...someRecord.user };
    for (const secret of [first_name, last_name, work_email, HR_KEY, komboKey]) {
      expect(lines.filter((line) => line.includes(secret ?? ''))).toEqual([]);
    }
  });

  const s3 = new S3Client({ forcePathStyle: true });
  async function certificateKeys(): Promise<string[]> {
    const { Contents = [] } = await s3.send(
      new ListObjectsV2Command({ Bucket: output('CertificatesBucket'), Prefix: 'certificates/' }),
    );
    return Contents.flatMap(({ Key = '' }) => (Key.endsWith('.pdf') ? [Key] : []));
  }

  async function replay(...to: string[]): Promise<void> {
    const since = new Date(Date.now() - 24 * 60 * 60 * 1000).toISOString();
    const command = ['replay', integration, '--from', since, '--type', 'CourseCompleted', '--yes'];
    await checkout.schoolbell(...command, ...to);
  }

  function completeUnder(number: number, title: string | null, names: object = {}): void {
    const { course_revision, user } = someRecord;
    if (course_revision === null || user === null)
      throw new Error('The record has no course revision or no learner');
    school.change([number], {
      status: 'COMPLETED',
      completed_at: new Date(Date.now() - 60 * 60 * 1000).toISOString(),
      course_revision: { ...course_revision, title },
      user: { ...user, ...names },
    });
  }
});

const Issued = z.object({ certificate: z.object({ number: z.string(), key: z.string() }) });
const typeOf = (event: Delivered) => event['detail-type'];
const parsed = (body: string | undefined): unknown => JSON.parse(body ?? 'null');
/** Sorts the messages, because the order of the requests is not guaranteed. */
const byText = (a: unknown, b: unknown) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

function wanted({ name, events }: Channel): { name: string; events: string[] } {
  return { name, events: events.filter(isEventType) };
}

/** Creates a secret. Returns its ARN. */
async function secret(name: string, value: string): Promise<string> {
  const { ARN = '' } = await new SecretsManagerClient({}).send(
    new CreateSecretCommand({ Name: `${NAME}-${name}`, SecretString: value }),
  );
  return ARN;
}
