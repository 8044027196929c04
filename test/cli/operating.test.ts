import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startEmbeddedDynamoDb } from '../../local/embedded-dynamodb.ts';
import product from '../../package.json' with { type: 'json' };
import { type CommandLine, commandLine } from '../support/command-line.ts';
import { runSchoolbell } from './run-schoolbell.ts';

const SCHOOL = 'sandbox:school';

describe('commands of an operator', () => {
  let cli: CommandLine;

  beforeAll(async () => {
    cli = await commandLine();
    for (let poll = 0; poll < 2; poll += 1) await cli.run('poll', SCHOOL);
  });
  afterAll(() => cli.remove());

  it('`status` shows a table of all integrations, the details of one integration, or JSON', async () => {
    const all = await cli.run('status');
    expect(all.stdout).toMatch(/INTEGRATION +CONDITION +SYNCED +LAST RUN/);
    expect(all.stdout).toMatch(/sandbox:school +healthy/);

    const one = await cli.run('status', SCHOOL);
    expect(one.stdout).toMatch(/events in 24 h +\d+ /);
    expect(one.stdout).toMatch(/journal +2 entries, 1 to 2/);

    const json = JSON.parse((await cli.run('status', SCHOOL, '--json')).stdout);
    expect(json).toMatchObject({
      integration: SCHOOL,
      condition: 'healthy',
      setAside: 0,
      journal: { entries: 2 },
    });
  });

  it('in `events --type LearnerEnrolled sandbox:school`, the integration is not read as a second event type', async () => {
    const before = await cli.run('events', SCHOOL, '--type', 'LearnerEnrolled', '--json');
    const after = await cli.run('events', '--type', 'LearnerEnrolled', SCHOOL, '--json');

    expect(after).toEqual(before);
    expect(after.exitCode).toBe(0);
  });

  it("`set-aside drop` refuses an id that is not in the integration's list of set-aside items", async () => {
    expect(await cli.run('set-aside', 'drop', SCHOOL, 'no-such-record')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/has no item no-such-record\. .*set-aside list sandbox:school/),
    });
  });

  it('`schoolbell --version` prints the version of the package', async () => {
    expect((await cli.run('--version')).stdout).toBe(`${product.version}\n`);
  });

  it('`events` prints the times of --from and --to in UTC', async () => {
    const { stdout } = await cli.run('events', SCHOOL, '--from', '2h', '--to', '2100-01-01 08:00');
    expect(stdout).toMatch(/Detected from \d{4}-.*Z to 2100-01-01T08:00:00\.000Z \(UTC\)\.\n/);
  });

  it('`events --follow` does not claim that there are no events when it is interrupted before it reads any', async () => {
    const interrupt = (event: string | symbol) => {
      if (event !== 'SIGINT') return;
      process.off('newListener', interrupt);
      process.nextTick(() => process.emit('SIGINT'));
    };
    process.on('newListener', interrupt);

    expect((await cli.run('events', '--follow')).stdout).toBe('0 events.\n');
  });

  it('`status --watch` updates until Ctrl-C', async () => {
    const watched = await cli.interrupt(2, 'status', '--watch', '--every', '1');

    expect(watched.exitCode).toBe(0);
    expect(watched.stdout.match(/sandbox:school/g)?.length).toBeGreaterThanOrEqual(2);
  });

  it('`watermark --set` with an earlier time causes no repeated event, and needs --force with a later time', async () => {
    const back = await cli.run('watermark', SCHOOL, '--set', '2020-01-01');
    expect(back.stdout).toMatch(
      /is 2020-01-01T00:00:00.000Z; it was .* The next poll reads from the new watermark/,
    );

    const forward = await cli.run('watermark', SCHOOL, '--set', '2021-01-01');
    expect(forward).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/add --force/) });

    const ids = async () =>
      (await cli.run('events', SCHOOL, '--json')).stdout.match(/"id":"[^"]+\/\d+\/\d+"/g);
    const before = await ids();
    await cli.run('poll', SCHOOL);
    const after = await ids();
    expect(new Set(after).size).toBe(after?.length);
    expect(after?.slice(0, before?.length)).toEqual(before);
  });

  it('`watermark` refuses a time in the future, and --force without --set', async () => {
    expect(await cli.run('watermark', SCHOOL, '--set', '2100-01-01', '--force')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/is in the future: it is now 20/),
    });
    expect(await cli.run('watermark', SCHOOL, '--force')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/--force needs --set/),
    });
  });

  it.each([
    ['status'],
    ['events'],
    ['watermark'],
    ['watermark', '--set', '2020-01-01'],
    ['replay', '--from', '2020-01-01'],
    ['release'],
    ['discard'],
    ['pause'],
    ['resume'],
    ['set-aside', 'list'],
    ['set-aside', 'retry'],
    ['integrations', 'remove'],
  ])(
    'the command `%s` with an unknown integration prints one line that lists the added integrations (case %#)',
    async (...command) => {
      const ended = await cli.run(...command, 'sandbox:other');
      expect(ended).toMatchObject({ exitCode: 1, stdout: '' });
      expect(ended.stderr).toMatch(
        /^schoolbell: There is no integration sandbox:other \(added integrations: sandbox:school\).*\n$/,
      );
    },
  );

  it('`release` and `discard` change nothing when no changes are held', async () => {
    for (const command of ['release', 'discard']) {
      expect((await cli.run(command, SCHOOL)).stdout).toBe(
        `${SCHOOL} has no held changes, so nothing was changed.\n`,
      );
    }
  });

  it('`events` prints a message when no event matches its options', async () => {
    const none = await cli.run('events', SCHOOL, '--course', 'no such course');
    expect(none).toMatchObject({ exitCode: 0, stdout: `No event of ${SCHOOL} matches the options.\n` });
  });

  it('`reconcile` reads all records and reports the number of records', async () => {
    expect((await cli.run('reconcile', SCHOOL)).stdout).toMatch(/Reconciliation: \d+ progressions read/);
  });

  it('`doctor` prints that the table can be read, that Kombo accepts the API key, and that Kombo knows the integration', async () => {
    const { exitCode, stdout } = await cli.run('doctor');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/table: can be read: 1 integration/);
    expect(stdout).toMatch(
      /key and host: Kombo accepts the key, which belongs to the environment sandbox-environment/,
    );
    expect(stdout).toMatch(/sandbox:school, Kombo: knows the integration/);
    expect(stdout).toMatch(/Nothing is wrong/);
  });

  it('`doctor` checks the API key even when no integration is active', async () => {
    await cli.run('pause', SCHOOL);
    const { exitCode, stdout } = await cli.run('doctor');
    await cli.run('resume', SCHOOL);

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/key and host: Kombo accepts the key/);
    expect(stdout).not.toMatch(/sandbox:school, Kombo/);
  });
});

it.each(['status', 'integrations list'])(
  '`%s` shows the other integrations when the stored data of one integration is damaged',
  async (command) => {
    const cwd = await mkdtemp(join(tmpdir(), 'schoolbell-'));
    onTestFinished(() => rm(cwd, { recursive: true }));
    const schoolbell = (...args: string[]) => runSchoolbell([...args, '--local'], { cwd });
    for (const id of ['moodle:damaged', 'moodle:other']) await schoolbell('integrations', 'add', id);
    const engine = await startEmbeddedDynamoDb({ directory: join(cwd, '.schoolbell') });
    const client = new DynamoDBClient({ ...engine, region: 'local' });
    const Item = { pk: { S: 'integration/moodle:damaged' }, sk: { S: 'checkpoint' }, content: { S: '{}' } };
    await client.send(new PutItemCommand({ TableName: engine.table, Item }));
    client.destroy();
    await engine.close();

    const { code, stdout, stderr } = await schoolbell(...command.split(' '), '--json');

    expect(code).toBe(1);
    expect(stdout).toEqual([expect.stringContaining('"moodle:other"')]);
    expect(stderr).toEqual([expect.stringMatching(/integration\/moodle:damaged checkpoint is damaged/)]);
  },
);

it('`integrations add` of an added integration changes nothing, even at the same time of the sandbox', async () => {
  const schoolbell = await commandLine();
  onTestFinished(schoolbell.remove);
  await schoolbell.run('poll', SCHOOL);
  await schoolbell.run('integrations', 'add', 'moodle:twice');

  const { stdout } = await schoolbell.run('integrations', 'add', 'moodle:twice', '--baseline', 'publish');

  expect(stdout).toMatch(/^moodle:twice was already added \(active, baseline silent\)/);
});
