import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type CommandKombo, startCommandKombo } from '../support/sandbox-kombo.ts';
import { runSchoolbell } from './run-schoolbell.ts';

vi.mock('../../functions/adapters/kombo/with-retries.ts', async (original) => ({
  ...(await original<object>()),
  // Only one attempt is made, because the wait before a second attempt would be as long as the total time.
  RETRY_BUDGET: { attemptMs: 20_000, totalMs: 20_000, firstDelayMs: 20_000 },
}));

type Case = { args: string[]; variables?: Record<string, string>; code: number; says: RegExp };

const DEPLOYED = {
  TABLE_NAME: 'schoolbell',
  QUEUE_URL: 'https://127.0.0.1:1/polls',
  BUS_NAME: 'bus',
  KOMBO_SECRET_ID: 'kombo',
  REMOTE_IDS_KEY_ID: 'key',
};

let cwd: string;
let kombo: CommandKombo;
let garbling: CommandKombo;
let closedPort: number;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
  kombo = await startCommandKombo();
  garbling = await startCommandKombo();
  garbling.respond = (respond) => {
    const { status, body } = respond();
    return { status, body: body.slice(0, body.length / 2) };
  };
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  closedPort = typeof address === 'object' && address !== null ? address.port : 0;
  probe.close();
});

afterAll(async () => {
  await kombo.close();
  await garbling.close();
  await rm(cwd, { recursive: true });
});

/**
 * Checks that a command prints one line on standard error, prints nothing on standard output, and writes no
 * file.
 */
async function expectOneLine({ args, variables = {}, code, says }: Case): Promise<void> {
  const ran = await runSchoolbell(args, { cwd, variables });
  expect(ran).toMatchObject({ code, stdout: [] });
  expect(ran.stderr).toHaveLength(1);
  expect(ran.stderr[0]).toMatch(/^schoolbell: /);
  expect(ran.stderr[0]).toMatch(says);
  expect(await readdir(cwd)).toEqual([]);
}

describe('wrong input', () => {
  it('`poll` reports a key that Kombo refuses in one line on standard error, and writes no file', () =>
    expectOneLine({
      args: ['poll', kombo.integration, '--local'],
      variables: { ...kombo.variables, KOMBO_API_KEY: 'wrong' },
      code: 1,
      says: /key/,
    }));

  it('for an integration that Kombo does not have, `poll` prints one line on standard error and writes no file', () =>
    expectOneLine({
      args: ['poll', 'moodle:unknown', '--local'],
      variables: kombo.variables,
      code: 1,
      says: /check the integration id/,
    }));

  it('for an integration that the sandbox does not have, `poll` prints one line on standard error and writes no file', () =>
    expectOneLine({ args: ['poll', 'moodle:unknown', '--local'], code: 1, says: /sandbox:school/ }));

  it(
    '`poll` reports an unreachable host of Kombo in one line on standard error, and writes no file',
    { timeout: 90_000 },
    () =>
      expectOneLine({
        args: ['poll', 'moodle:a', '--local'],
        variables: { KOMBO_API_KEY: 'any', KOMBO_BASE_URL: `http://127.0.0.1:${closedPort}/v1` },
        code: 1,
        says: /ECONNREFUSED.*KOMBO_BASE_URL/,
      }),
  );

  it(
    '`poll` reports a response of Kombo that is not JSON in one line on standard error, and writes no file',
    { timeout: 90_000 },
    () =>
      expectOneLine({
        args: ['poll', garbling.integration, '--local'],
        variables: garbling.variables,
        code: 1,
        says: /not JSON.*KOMBO_BASE_URL/,
      }),
  );

  it.for<[string, Case]>([
    [
      'KOMBO_BASE_URL without KOMBO_API_KEY',
      {
        args: ['poll', 'a:b', '--local'],
        variables: { KOMBO_BASE_URL: 'http://localhost:1/v1' },
        code: 1,
        says: /set KOMBO_API_KEY/,
      },
    ],
    [
      'a host that is not a URL',
      {
        args: ['poll', 'a:b', '--local'],
        variables: { KOMBO_API_KEY: 'k', KOMBO_BASE_URL: 'kombo' },
        code: 1,
        says: /KOMBO_BASE_URL/,
      },
    ],
    ...[
      'http://kombo.example/v1',
      'http://127.0.0.1.evil.example/v1',
      'http://localhost@evil.example/v1',
      'https://ada:secret@kombo.example/v1',
      'http://ada:secret@localhost:1/v1',
    ].map((address): [string, Case] => [
      `an address to which keys must not be sent: ${address}`,
      {
        args: ['poll', 'a:b', '--local'],
        variables: { KOMBO_API_KEY: 'k', KOMBO_BASE_URL: address },
        code: 1,
        says: /^(?!.*(?:secret|example)).*KOMBO_BASE_URL must be an https address/,
      },
    ]),
    [
      'an address with a password and no key',
      {
        args: ['dev'],
        variables: { KOMBO_BASE_URL: 'https://ada:secret@kombo.example/v1' },
        code: 1,
        says: /^(?!.*secret).*set KOMBO_API_KEY/,
      },
    ],
    ...[
      'QUEUE_URL',
      'REPLAY_QUEUE_URL',
      'KOMBO_BASE_URL',
      'AWS_ENDPOINT_URL',
      'AWS_ENDPOINT_URL_DYNAMODB',
    ].flatMap((name) =>
      ['http://aws.example/1', 'https://ada:secret@aws.example/1'].map((address): [string, Case] => [
        `${name} with the value ${address}`,
        {
          args: ['status'],
          variables: { TABLE_NAME: 'schoolbell', [name]: address },
          code: 1,
          says: new RegExp(`^(?!.*(?:secret|example)).*: ${name} must be an https address`),
        },
      ]),
    ),
    [
      'a setting that is not a number',
      {
        args: ['poll', 'sandbox:school', '--local'],
        variables: { OVERLAP_SECONDS: 'soon' },
        code: 1,
        says: /OVERLAP_SECONDS/,
      },
    ],
    [
      'an integration id without a colon',
      { args: ['poll', 'moodle', '--local'], code: 2, says: /looks like/ },
    ],
    ['a missing integration id', { args: ['poll', '--local'], code: 2, says: /integration/ }],
    ['an unknown command', { args: ['pol'], code: 2, says: /Did you mean poll/ }],
    ['an unknown option', { args: ['poll', 'a:b', '--local', '--modee', 'x'], code: 2, says: /--modee/ }],
    [
      'an unknown mode',
      {
        args: ['poll', 'a:b', '--local', '--mode', 'fast'],
        code: 2,
        says: /incremental, baseline, reconcile/,
      },
    ],
    [
      '--force without --mode baseline',
      { args: ['poll', 'a:b', '--local', '--force'], code: 2, says: /--mode baseline/ },
    ],
    [
      'a date that does not exist',
      { args: ['events', 'a:b', '--local', '--from', '2026-02-30'], code: 2, says: /2026-02-30/ },
    ],
    [
      'a range that ends before it begins',
      {
        args: ['events', 'a:b', '--local', '--from', '2026-03-02', '--to', '2026-03-01'],
        code: 2,
        says: /--from/,
      },
    ],
    [
      'an unknown event type',
      { args: ['events', 'a:b', '--local', '--type', 'CourseFinished'], code: 2, says: /CourseCompleted/ },
    ],
    [
      'an unknown baseline',
      { args: ['integrations', 'add', 'a:b', '--local', '--baseline', 'loud'], code: 2, says: /silent/ },
    ],
    [
      'a baseline with an invalid date',
      { args: ['integrations', 'add', 'a:b', '--local', '--baseline', 'since:May'], code: 2, says: /May/ },
    ],
    [
      'a directory without data',
      { args: ['events', 'a:b', '--local'], code: 1, says: /schoolbell --local poll/ },
    ],
    [
      'no deployment and no --local',
      { args: ['integrations', 'list'], code: 1, says: /TABLE_NAME.*--local/ },
    ],
    [
      'a deployment of which only the table is set',
      {
        args: ['status'],
        variables: { TABLE_NAME: 'schoolbell' },
        code: 1,
        says: /set QUEUE_URL.*The variable TABLE_NAME is set, so schoolbell.outputs.json was not read/,
      },
    ],
    [
      'a replay queue that is empty',
      {
        args: ['status'],
        variables: { ...DEPLOYED, REPLAY_QUEUE_URL: '' },
        code: 1,
        says: /set REPLAY_QUEUE_URL to/,
      },
    ],
    ['a port above 65535', { args: ['sandbox', '--port', '70000'], code: 2, says: /65535/ }],
    [
      'a real API without --integration',
      { args: ['dev'], variables: { KOMBO_API_KEY: 'k' }, code: 2, says: /--integration/ },
    ],
  ])('a command reports wrong input in one line on standard error, and writes no file: %s', ([, input]) =>
    expectOneLine(input),
  );
});

it.each([
  ['all services', ''],
  ['Secrets Manager', 'services = own\n[services own]\nsecrets_manager =\n  '],
])(
  '`key` sends nothing to an address without encryption that the AWS configuration has for %s',
  async (_, before) => {
    const folder = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'config');
    await writeFile(file, `[default]\nregion = eu-central-1\n${before}endpoint_url = http://aws.example/1\n`);
    await expectOneLine({
      args: ['key'],
      variables: { ...DEPLOYED, KOMBO_API_KEY: 'k', AWS_CONFIG_FILE: file },
      code: 1,
      says: /^(?!.*example).*: endpoint_url in the AWS configuration must be an https address/,
    });
  },
);

it('commands with an unknown integration, and a second baseline without --force, do not change the stored integrations', async () => {
  const own = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
  const schoolbell = (...args: string[]) =>
    runSchoolbell([...args, '--local'], { cwd: own, variables: kombo.variables });
  expect((await schoolbell('poll', kombo.integration)).code).toBe(0);
  const before = await schoolbell('integrations', 'list');
  const unknown = await schoolbell('poll', 'moodle:unknown');
  expect(unknown).toMatchObject({ code: 1, stdout: [] });
  expect(unknown.stderr).toHaveLength(1);
  const other = await schoolbell('events', 'moodle:unknown');
  expect(other.stderr[0]).toContain(kombo.integration);
  const again = await schoolbell('poll', kombo.integration, '--mode', 'baseline');
  expect(again).toMatchObject({ code: 1, stdout: [] });
  expect(again.stderr[0]).toContain('--force');
  expect(await schoolbell('integrations', 'list')).toEqual(before);
  await rm(own, { recursive: true });
});
