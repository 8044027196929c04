import { createHmac } from 'node:crypto';
import {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { certificatePattern } from '../../consumers/certificates/certificate-rule.ts';
import { eventPattern } from '../../consumers/kit/event-pattern.ts';
import { outputNames } from '../../functions/contract/names.ts';
import type { SettingsInput } from '../../infra/settings.ts';
import { type Checkout, createCheckout } from './checkout.ts';
import { createUser } from './emulator-calls.ts';
import { shortenTimeout, writersOfReplay } from './followed-replay.ts';
import { webhookUrl } from './function-url.ts';
import { readmeCommand } from './readme-commands.ts';
import { rehearsal } from './rehearsal-settings.ts';
import { from, idOf, learnerOf, type RehearsedSchool, startRehearsedSchool } from './rehearsed-school.ts';
import { createRuleQueue, type Delivered, type RuleQueue } from './rule-queue.ts';

const { integration, komboKey, webhookSecret } = rehearsal;
const DAY_MS = 24 * 60 * 60 * 1000;
const WITHIN_A_MINUTE = { timeout: 60_000, interval: 500 };

describe('a deployment with the commands of the README', () => {
  let school: RehearsedSchool;
  let checkout: Checkout;
  let arrived: RuleQueue;
  let certificates: RuleQueue;
  let slack: RuleQueue;
  const settings: SettingsInput = {
    name: rehearsal.name,
    pollEveryMinutes: 1,
    baseline: 'silent',
    // With this limit, five changes of thirty progressions are a mass change.
    surgeFloor: 3,
    keepState: false,
    webhook: true,
    operators: rehearsal.operator === undefined ? [] : [rehearsal.operator],
  };

  const schoolbell = (...args: string[]) => checkout.schoolbell(...args);
  /** Waits until no poll is in progress, and then runs a command that needs the lease of the integration. */
  const operate = async (...args: string[]) => {
    await expect.poll(status, WITHIN_A_MINUTE).toMatchObject({ workerUntil: null });
    return schoolbell(...args);
  };
  const output = (name: keyof typeof outputNames) => checkout.outputs()[outputNames[name]] ?? '';
  const status = async () => JSON.parse(await schoolbell('status', integration, '--json'));
  /** Requests a poll and waits for the events that it publishes. */
  const poll = async (count: number) => {
    await schoolbell('poll', integration);
    return arrived.receive(count);
  };
  /** Returns the types and progressions of events, such as `CourseCompleted progression-1`. */
  const notified = (events: Delivered[]) =>
    events.map(({ 'detail-type': type, detail }) => `${type} ${detail.progression?.id ?? ''}`.trim()).sort();

  beforeAll(async () => {
    school = await startRehearsedSchool();
    settings.kombo = rehearsal.komboUrl ?? school.url;
    checkout = await createCheckout();
    checkout.configure(settings);
  });

  afterAll(async () => {
    checkout.remove();
    await school.close();
  });

  describe('the commands of the README', () => {
    it('the command `cdk deploy` of the README deploys Schoolbell', async () => {
      await checkout.shell(readmeCommand('npx cdk bootstrap'));
      await checkout.shell(readmeCommand('npx cdk deploy'));
      expect(Object.keys(checkout.outputs())).toEqual(
        expect.arrayContaining([outputNames.table, outputNames.pollQueue]),
      );
      const consumer = (name: string, pattern: Parameters<typeof createRuleQueue>[2]) =>
        createRuleQueue(output('bus'), `${rehearsal.name}-${name}`, pattern);
      arrived = await consumer('arrived', { source: ['schoolbell'] });
      certificates = await consumer(
        'certificates',
        certificatePattern({ revoke: false, account: '123456789012' }),
      );
      slack = await consumer('slack', eventPattern(['CourseCompleted'], 'slack'));
    });

    it.runIf(rehearsal.isEmulated)(
      "a user with only the operators' policy may not delete the table, and all later commands of the rehearsal run as this user",
      async () => {
        const credentials = await createUser(`${rehearsal.name}Operator`, output('operatorPolicy'));
        const asOperator = new DynamoDBClient({ credentials });
        await expect(asOperator.send(new DeleteTableCommand({ TableName: output('table') }))).rejects.toThrow(
          /not authorized/,
        );
        // All later commands, except those of the CDK, run with the permissions of this user.
        checkout.signIn(credentials);
      },
    );

    it('the commands `key` and `integrations add` store a key and add an integration', async () => {
      const key = readmeCommand('npx schoolbell key').replace(
        'KOMBO_API_KEY=...',
        `KOMBO_API_KEY=${komboKey}`,
      );
      expect(await checkout.shell(key)).toContain('The key from KOMBO_API_KEY is stored.');
      expect(await checkout.shell(readmeCommand('npx schoolbell integrations add'))).toContain(
        `Added ${integration}.`,
      );
      expect(await schoolbell('integrations', 'list', '--json')).toContain(integration);
    });

    it('the command `doctor` finds nothing wrong in a new deployment', async () => {
      const found = await checkout.shell(readmeCommand('npx schoolbell doctor'));
      expect(found).toContain(
        `${integration}, Kombo: knows the integration, and shows its course progressions`,
      );
      expect(found).toContain('Nothing is wrong.');
    });

    it('the schedule of dispatch starts the first poll, whose baseline publishes no learning event', async () => {
      expect(notified(await arrived.receive(1))).toEqual(['IntegrationBaselined']);
    });

    it('the command `status` shows the integration as healthy', async () => {
      expect(await checkout.glance(readmeCommand('npx schoolbell status'))).toContain(integration);
      expect(await status()).toMatchObject({ integration, condition: 'healthy', known: 30, setAside: 0 });
    });

    it('a second baseline is refused, because changes since the first baseline would be stored without events', async () => {
      expect(await checkout.attempt('poll', integration, '--mode', 'baseline')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`${integration} already had its first sync`),
      });
    });

    it('a CourseCompleted event arrives in the queue of each rule that matches it', async () => {
      school.complete(0);
      const [event] = await poll(1);
      expect(event).toMatchObject({
        source: 'schoolbell',
        'detail-type': 'CourseCompleted',
        detail: { version: 1, integration: { id: integration }, progression: { id: idOf(0) } },
      });
      expect(notified(await certificates.receive(1))).toEqual([`CourseCompleted ${idOf(0)}`]);
      expect(notified(await slack.receive(1))).toEqual([`CourseCompleted ${idOf(0)}`]);
    });

    it('the command `events` shows the events about a learner', async () => {
      const command = readmeCommand('npx schoolbell events')
        .replace('moodle:7C9...', integration)
        .replace('MBAcMj2U...', learnerOf(0));
      const history = await checkout.shell(command);
      expect(history).toContain('CourseCompleted');
      expect(history).toContain('1 event.');
    });

    it('a replay for one consumer delivers the events of a day to this consumer only', async () => {
      const since = new Date(Date.now() - DAY_MS).toISOString();
      await certificates.goDown();
      school.complete(1, 2);
      expect(await poll(2)).toHaveLength(2);
      expect(await slack.receive(2)).toHaveLength(2);
      await certificates.comeBack();
      expect(await certificates.rest()).toEqual([]);

      const command = readmeCommand('npx schoolbell replay')
        .replace('moodle:7C9...', integration)
        .replace(/--from \S+/, `--from ${since}`)
        .replace(/--to \S+/, `--to ${new Date().toISOString()}`);
      // The confirmation is skipped, because no person is present.
      await checkout.shell(`${command} --yes`);

      const healed = await certificates.rest();
      expect(notified(healed)).toEqual(from(0, 3).map((number) => `ReplayedCourseCompleted ${idOf(number)}`));
      expect(await slack.rest()).toEqual([]);
      expect(notified(await arrived.receive(5))).toEqual([
        'ReplayFinished',
        'ReplayStarted',
        ...from(0, 3).map((number) => `ReplayedCourseCompleted ${idOf(number)}`),
      ]);
    });
  });

  describe('the commands of an operator', () => {
    it('the command `replay` shows the progress of a replay for which the function needs several calls', async () => {
      school.complete(...from(3, 20));
      expect(await poll(20)).toHaveLength(20);
      // The function stops one minute before its timeout, so each call sends for ten seconds.
      await shortenTimeout(output('replayFunction'), 70);
      const asked = ['--from', new Date(Date.now() - DAY_MS).toISOString(), '--consumer', 'certificates'];
      await certificates.rest();
      let isDone = false;
      const followed = schoolbell('replay', integration, ...asked, '--rate', '1', '--yes').finally(() => {
        isDone = true;
      });
      const writers = await writersOfReplay(output('table'), () => isDone);
      expect(await followed).toMatch(/The deployment sends replay[\s\S]*is finished: 23 of 23 events sent/);
      expect(writers.size).toBeGreaterThan(1);
      expect(new Set(notified(await certificates.rest())).size).toBe(23);
      await Promise.all([arrived.rest(), slack.rest()]);
    });

    it('after a person moves the watermark back, the next poll publishes only missed changes', async () => {
      school.completeUnseen(23);
      await schoolbell('poll', integration);
      expect(await arrived.rest()).toEqual([]);
      const { watermark } = await status();
      const back = new Date(Date.parse(watermark) - 2 * DAY_MS).toISOString();
      expect(await operate('watermark', integration, '--set', back)).toContain(`is ${back}; it was`);
      expect(notified(await poll(1))).toEqual([`CourseCompleted ${idOf(23)}`]);
      expect(await arrived.rest()).toEqual([]);
    });

    it('a reconciliation publishes a change that incremental polls cannot see', async () => {
      school.completeUnseen(24);
      await schoolbell('reconcile', integration);
      expect(notified(await arrived.receive(1))).toEqual([`CourseCompleted ${idOf(24)}`]);
      await expect
        .poll(status, WITHIN_A_MINUTE)
        .toMatchObject({ lastReconciliation: { missed: 1, records: 30 } });
    });

    it('an integration is not polled while it is paused or removed, and later continues from its watermark', async () => {
      await operate('pause', integration);
      school.change([25], { status: 'DROPPED' });
      expect(await checkout.attempt('poll', integration)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`schoolbell resume ${integration}`),
      });
      expect(await status()).toMatchObject({ condition: 'paused' });
      await operate('resume', integration);
      expect(notified(await poll(1))).toEqual([`LearnerDropped ${idOf(25)}`]);

      await operate('integrations', 'remove', integration);
      school.change([25], { status: 'IN_PROGRESS' });
      expect(await status()).toMatchObject({ condition: 'removed' });
      expect(await schoolbell('integrations', 'add', integration)).toContain(
        'Its next poll continues from its watermark',
      );
      expect(notified(await poll(1))).toEqual([`LearnerReenrolled ${idOf(25)}`]);
    });

    it('an unreadable record is set aside, and `set-aside retry` processes it when it has become readable', async () => {
      school.break(26);
      await schoolbell('poll', integration);
      await expect.poll(status, WITHIN_A_MINUTE).toMatchObject({ setAside: 1 });
      expect(await schoolbell('set-aside', 'list', integration)).toContain(idOf(26));
      expect(await checkout.attempt('set-aside', 'retry', integration)).toMatchObject({
        code: 1,
        stdout: expect.stringContaining('0 processed, 1 still set aside.'),
      });
      // Without the pause, a scheduled poll could process the record before the command does.
      await operate('pause', integration);
      school.complete(26);
      expect(await operate('set-aside', 'retry', integration)).toContain('1 processed, 0 still set aside.');
      expect(notified(await arrived.receive(1))).toEqual([`CourseCompleted ${idOf(26)}`]);
      await operate('resume', integration);
    });

    it('a mass change is held until a person releases or discards it', async () => {
      const many = from(0, 5);
      const at = new Date().toISOString();
      school.change(many, { remote_deleted_at: at });
      expect(notified(await poll(1))).toEqual(['ChangesHeld']);
      expect(await status()).toMatchObject({
        condition: 'held',
        held: { waiting: { kinds: { removed: 5 } } },
      });
      await operate('release', integration);
      expect(notified(await poll(6))).toEqual([
        'ChangesReleased',
        ...many.map((number) => `ProgressionRemoved ${idOf(number)}`),
      ]);

      school.change(many, { remote_deleted_at: null });
      expect(notified(await poll(1))).toEqual(['ChangesHeld']);
      await operate('discard', integration);
      expect(notified(await poll(1))).toEqual(['ChangesReleased']);
      await expect.poll(status, WITHIN_A_MINUTE).toMatchObject({ condition: 'healthy', held: null });
    });
  });

  it('polls continue from the watermark after the deployment is updated', async () => {
    const before = { table: output('table'), ...(await status()) };
    // With this interval, no schedule starts a poll in the rest of the rehearsal.
    checkout.configure({ ...settings, pollEveryMinutes: 360, overlapMinutes: 30 });
    await checkout.shell(readmeCommand('npx cdk deploy'));
    expect(output('table')).toBe(before.table);
    expect((await status()).journal).toEqual(before.journal);
    school.change([27], { status: 'DROPPED' });
    expect(notified(await poll(1))).toEqual([`LearnerDropped ${idOf(27)}`]);
    await expect.poll(status, WITHIN_A_MINUTE).toMatchObject({ journal: { last: before.journal.last + 1 } });
  });

  it('a webhook starts a poll only when its signature is valid', async () => {
    await new SecretsManagerClient({}).send(
      new PutSecretValueCommand({ SecretId: output('webhookSecret'), SecretString: webhookSecret }),
    );
    const body = JSON.stringify({
      id: 'rehearsal',
      type: 'data-changed',
      data: {
        integration_id: integration,
        integration_tool: 'moodle',
        integration_category: 'LMS',
        changed_models: [{ name: 'lms_course_progressions' }],
        // The signature is computed over bytes, not over characters.
        note: 'Grüße aus Zürich',
      },
    });
    const sign = (secret: string, text = body) =>
      createHmac('sha256', secret).update(text).digest('base64url');
    const post = async (signature: string | null, text = body) => {
      const headers = {
        'content-type': 'application/json',
        ...(signature && { 'X-Kombo-Signature': signature }),
      };
      return (await fetch(webhookUrl(output('webhookUrl')), { method: 'POST', body: text, headers })).status;
    };
    school.complete(29);

    expect(await post(null)).toBe(401);
    expect(await post(sign('the secret of somebody else'))).toBe(401);
    expect(await post(sign(webhookSecret), body.replace('moodle', 'canvas'))).toBe(401);
    expect(await post(sign(webhookSecret, 'not a webhook'), 'not a webhook')).toBe(400);
    expect(await arrived.rest()).toEqual([]);

    expect(await post(sign(webhookSecret))).toBe(202);
    expect(notified(await arrived.receive(1))).toEqual([`CourseCompleted ${idOf(29)}`]);
  });

  it('no event is lost when the notifier stack is deleted and deployed again', async () => {
    const { watermark } = await status();
    await checkout.shell(`npx cdk destroy ${rehearsal.name}Notifier --force`);
    school.complete(28);
    await checkout.shell(readmeCommand('npx cdk deploy'));
    expect(await status()).toMatchObject({ watermark });
    expect(notified(await poll(1))).toEqual([`CourseCompleted ${idOf(28)}`]);
  });

  it('with `keepState: false`, every resource is removed when the stacks are deleted', async () => {
    for (const queue of [arrived, certificates, slack]) await queue.remove();
    const table = new DescribeTableCommand({ TableName: output('table') });
    await checkout.shell('npx cdk destroy --all --force');
    await expect(new DynamoDBClient({}).send(table)).rejects.toThrow(ResourceNotFoundException);
  });
});
