import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { terminalText } from '../../cli/terminal/terminal-text.ts';
import { type CommandKombo, type PlainRecord, startCommandKombo } from '../support/sandbox-kombo.ts';
import { parseDelivered } from './delivered-events.ts';
import { runSchoolbell } from './run-schoolbell.ts';

const HOUR_MS = 60 * 60 * 1000;
const ENROLLED_AT = '2026-03-01T08:00:00.000Z';

let cwd: string;
let kombo: CommandKombo;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
  kombo = await startCommandKombo();
});

afterEach(async () => {
  await kombo.close();
  await rm(cwd, { recursive: true });
});

const schoolbell = (args: string[], variables = {}) =>
  runSchoolbell(args, { cwd, variables: { ...kombo.variables, ...variables } });

const poll = async (...args: string[]) => {
  const ran = await schoolbell(['poll', '--local', kombo.integration, '--json', ...args]);
  expect(ran.stderr.filter((line) => line.startsWith('schoolbell:'))).toEqual([]);
  expect(ran.code).toBe(0);
  return { ...parseDelivered(ran.stdout), said: ran.stderr };
};

const isoNow = () => new Date(kombo.now).toISOString();
const enrolled = (id: string): PlainRecord => ({ id, status: 'ENROLLED', enrolledAt: ENROLLED_AT });

const notified = ({ learning }: Awaited<ReturnType<typeof poll>>) =>
  learning.map(({ type, detail }) => [type, detail.progression.id, detail.previous?.status ?? null]);

it('the first `poll` publishes no learning event, and later polls publish each change once', async () => {
  for (const id of ['a', 'b', 'c']) kombo.put(enrolled(id));
  const first = await poll();
  expect(first.types).toEqual(['IntegrationBaselined']);
  expect(kombo.queries.at(-1)).toContain('include_deleted=true');

  kombo.now += HOUR_MS;
  kombo.put({ ...enrolled('a'), status: 'IN_PROGRESS' });
  kombo.put({ ...enrolled('b'), status: 'COMPLETED', completedAt: isoNow() });
  kombo.put({ ...enrolled('d'), enrolledAt: isoNow() });
  expect(notified(await poll())).toEqual([
    ['CourseStarted', 'a', 'ENROLLED'],
    ['CourseCompleted', 'b', 'ENROLLED'],
    ['LearnerEnrolled', 'd', null],
  ]);
  expect(kombo.queries.at(-1)).toContain(encodeURIComponent('2026-03-02T08:45:00.000Z'));

  kombo.now += HOUR_MS;
  kombo.put({ ...enrolled('a'), status: 'DROPPED' });
  kombo.put({ ...enrolled('c'), removedAt: isoNow() });
  expect(notified(await poll())).toEqual([
    ['LearnerDropped', 'a', 'IN_PROGRESS'],
    ['ProgressionRemoved', 'c', 'ENROLLED'],
  ]);
});

it('`poll` publishes nothing when unchanged records are read again', async () => {
  kombo.put(enrolled('a'));
  await poll();
  expect((await poll()).types).toEqual([]);
  expect((await poll('--mode', 'reconcile')).types).toEqual([]);
  kombo.now += 60_000;
  kombo.put(enrolled('a'));
  expect((await poll()).types).toEqual([]);
});

it('`poll` publishes an event for each existing record of an integration that was added with --baseline publish', async () => {
  kombo.put(enrolled('a'));
  const added = await schoolbell([
    'integrations',
    'add',
    kombo.integration,
    '--local',
    '--baseline',
    'publish',
  ]);
  expect(added).toMatchObject({ code: 0, stderr: [] });
  expect(notified(await poll())).toEqual([['LearnerEnrolled', 'a', null]]);
});

it('`poll` publishes names with --learner-details include, and never stores them', async () => {
  kombo.put(enrolled('a'));
  await poll();
  kombo.now += HOUR_MS;
  kombo.put({ ...enrolled('a'), status: 'DROPPED' });
  const { learning } = await poll('--learner-details', 'include');
  expect(learning[0]?.detail.learner).toMatchObject({
    lastName: 'Testperson',
    email: 'wilhelmine@example.com',
  });
  const history = await schoolbell(['events', kombo.integration, '--local', '--json']);
  expect(history.stdout.join()).toContain('LearnerDropped');
  expect(history.stdout.join()).not.toContain('Testperson');
});

it('`poll` sets aside a record that does not match the schema, and `set-aside retry` publishes its event when the record is corrected', async () => {
  kombo.put(enrolled('a'));
  await poll();
  kombo.now += HOUR_MS;
  kombo.putRaw({ id: 'b', status: 17 });
  kombo.put({ ...enrolled('a'), status: 'IN_PROGRESS' });
  const broken = await poll();
  expect(notified(broken)).toEqual([['CourseStarted', 'a', 'ENROLLED']]);
  expect(broken.said.join('\n')).toContain('schoolbell --local set-aside list');

  const left = await schoolbell(['set-aside', 'retry', kombo.integration, '--local']);
  expect(left.code).toBe(1);
  kombo.put(enrolled('b'));
  const mended = await schoolbell(['set-aside', 'retry', kombo.integration, '--local', '--json']);
  expect(mended).toMatchObject({ code: 0, stderr: ['1 processed, 0 still set aside.'] });
  expect(mended.stdout[0]).toContain('LearnerEnrolled');
  const list = await schoolbell(['set-aside', 'list', kombo.integration, '--local']);
  expect(list.stdout).toEqual([`Nothing is set aside for ${kombo.integration}.`]);
});

it('after `set-aside drop` removes a record from the list of set-aside items, a poll still publishes an event for the record once it is corrected', async () => {
  await poll();
  kombo.now += HOUR_MS;
  kombo.putRaw({ id: 'b', status: 17 });
  await poll();
  const drop = await schoolbell(['set-aside', 'drop', kombo.integration, 'b', '--local']);
  expect(drop.code).toBe(0);
  const list = await schoolbell(['set-aside', 'list', kombo.integration, '--local']);
  expect(list.stdout).toEqual([`Nothing is set aside for ${kombo.integration}.`]);

  kombo.now += HOUR_MS;
  kombo.put(enrolled('b'));
  expect(notified(await poll())).toEqual([['LearnerEnrolled', 'b', null]]);
});

it('a suggested command has the directory, the stack, the profile and the Region of the running command', async () => {
  const said = async (...args: string[]) => {
    const { stdout, stderr } = await schoolbell([...args, '--json']);
    return [...stdout, ...stderr].join('\n');
  };
  const added = 'schoolbell integrations add moodle:b';
  expect(await said('poll', kombo.integration, '--local', "ada's data")).toContain(
    `schoolbell --local 'ada'\\''s data' replay ${kombo.integration}`,
  );
  expect(await said('status', 'moodle:b', '--local', "ada's data")).toContain(
    added.replace('schoolbell', "schoolbell --local 'ada'\\''s data'"),
  );
  expect(await said('status', '--local', 'none')).toContain('schoolbell --local none poll INTEGRATION');
  expect(terminalText([added])).toContain('schoolbell --local none integrations');
  await said('key', 'secret', '--stack', 'Notifier', '--profile', 'eu', '--region', 'eu-central-1');
  const options = '--stack Notifier --profile eu --region eu-central-1';
  expect(terminalText([added])).toBe(added.replace('schoolbell', `schoolbell ${options}`));
  expect(terminalText(['Delete with: aws cloudformation delete-stack --stack-name One'])).toBe(
    'Delete with: aws --profile eu --region eu-central-1 cloudformation delete-stack --stack-name One',
  );
  await said('--version');
  expect(terminalText([added])).toBe(added);
});

it('after a silent baseline, `poll` prints a `replay` command that counts past events, and this command works', async () => {
  kombo.put(enrolled('a'));
  const { said } = await poll();
  const command = /schoolbell (.*replay .*)$/.exec(said.join('\n'))?.[1]?.replace('30d', '2026-01-01') ?? '';
  const plan = await schoolbell(command.split(' '));
  expect(plan).toMatchObject({ code: 0, stderr: [] });
  expect(plan.stdout.join('\n')).toMatch(/about 1 event .*\n +1 +LearnerEnrolled/);
});

it('`status` shows a removed integration only when its id is given', async () => {
  kombo.put(enrolled('a'));
  await poll();
  await schoolbell(['integrations', 'remove', kombo.integration, '--local']);
  const all = await schoolbell(['status', '--local']);
  expect(all.stdout.join('\n')).not.toContain(kombo.integration);
  const one = await schoolbell(['status', kombo.integration, '--local']);
  expect(one.stdout.join('\n')).toContain('removed');
});

it.each(['MANIFEST-', 'CURRENT'])(
  'a damaged file %s of the local data is reported in one line, which says what to do',
  async (damaged) => {
    await poll();
    const data = join(cwd, '.schoolbell/dynamodb');
    const name = (await readdir(data)).find((file) => file.startsWith(damaged)) ?? '';
    await writeFile(join(data, name), 'not a file of LevelDB');
    const { code, stdout, stderr } = await schoolbell(['status', '--local']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: [] });
    expect(stderr).toEqual([
      expect.stringMatching(/^schoolbell: .*\.schoolbell.*the data is damaged: move the directory away/),
    ]);
  },
);

it('`set-aside list` shows an unknown status with example records until a reconciliation finds no record with this status', async () => {
  await poll();
  kombo.now += HOUR_MS;
  for (const id of ['a', 'b', 'c', 'd']) kombo.put({ ...enrolled(id), status: 'WAITLISTED' });
  expect((await poll()).said.join()).toContain('4 records with an unknown status');
  const nothing = 'nothing was published for it (4 records, such as a, b, c)';

  const list = await schoolbell(['set-aside', 'list', kombo.integration, '--local']);
  expect(list.stdout.join('\n')).toMatch(/status +WAITLISTED +.*does not know this status/);
  expect(list.stdout.join('\n')).toContain(nothing);
  const retry = await schoolbell(['set-aside', 'retry', kombo.integration, '--local']);
  expect(retry.code).toBe(1);
  expect(retry.stdout.join('\n')).toMatch(
    /still set aside +status WAITLISTED: .*next reconciliation \(4 records/,
  );

  for (const id of ['a', 'b', 'c', 'd']) kombo.put(enrolled(id));
  await schoolbell(['reconcile', kombo.integration, '--local']);
  const after = await schoolbell(['set-aside', 'list', kombo.integration, '--local']);
  expect(after.stdout).toEqual([`Nothing is set aside for ${kombo.integration}.`]);
});

it('`poll` holds a mass removal, and publishes it after `release`', async () => {
  const ids = Array.from({ length: 30 }, (_, at) => `p${at}`);
  for (const id of ids) kombo.put(enrolled(id));
  await poll();
  kombo.now += HOUR_MS;
  for (const id of ids) kombo.put({ ...enrolled(id), removedAt: isoNow() });
  const held = await schoolbell(['poll', kombo.integration, '--local']);
  expect(held.code).toBe(3);
  expect(held.stderr).toHaveLength(1);
  expect(held.stderr[0]).toContain(`schoolbell --local release ${kombo.integration}`);

  const released = await schoolbell(['release', kombo.integration, '--local']);
  expect(released).toMatchObject({ code: 0, stderr: [] });
  const after = await poll();
  expect(after.learning.map(({ type }) => type)).toEqual(ids.map(() => 'ProgressionRemoved'));
});

it('`events` shows the history of learners, filtered by type, course and time of detection', async () => {
  for (const id of ['a', 'b']) kombo.put(enrolled(id));
  await poll();
  kombo.now += HOUR_MS;
  for (const id of ['a', 'b']) kombo.put({ ...enrolled(id), status: 'IN_PROGRESS' });
  await poll();
  const events = async (...args: string[]) =>
    (await schoolbell(['events', kombo.integration, '--local', '--json', ...args])).stdout.length;
  expect(await events()).toBe(2);
  expect(await events('--learner', 'remote-user-of-a')).toBe(1);
  expect(await events('--learner', 'user-of-a,user-of-b', '--course', 'course-1')).toBe(2);
  expect(await events('--type', 'CourseCompleted')).toBe(0);
  expect(await events('--from', '2026-01-01', '--to', '2026-01-02')).toBe(0);
});

it('`poll` refuses a paused or removed integration, and continues from its watermark when it is active again', async () => {
  kombo.put(enrolled('a'));
  await poll();
  await schoolbell(['pause', kombo.integration, '--local']);
  kombo.now += HOUR_MS;
  kombo.put({ ...enrolled('a'), status: 'IN_PROGRESS' });
  const paused = await schoolbell(['poll', kombo.integration, '--local']);
  expect(paused).toMatchObject({ code: 1, stdout: [] });
  expect(paused.stderr).toHaveLength(1);

  await schoolbell(['resume', kombo.integration, '--local']);
  await schoolbell(['integrations', 'remove', kombo.integration, '--local']);
  expect((await schoolbell(['poll', kombo.integration, '--local'])).code).toBe(1);
  const again = await schoolbell(['integrations', 'add', kombo.integration, '--local']);
  expect(again.stdout.join()).toMatch(
    /again\. Its next poll continues from its watermark, .*, and publishes the changes since/,
  );
  expect(notified(await poll())).toEqual([['CourseStarted', 'a', 'ENROLLED']]);
});

it('an integration that is removed and added again with --baseline begins with this baseline, not at its earlier watermark', async () => {
  kombo.put(enrolled('a'));
  await poll();
  await schoolbell(['integrations', 'remove', kombo.integration, '--local']);
  kombo.now += HOUR_MS;
  kombo.put({ ...enrolled('a'), status: 'IN_PROGRESS' });
  const add = ['integrations', 'add', kombo.integration, '--local', '--baseline', 'silent'];
  const again = await schoolbell(add);
  expect(again.stdout.join()).toContain('again. Its next poll is the baseline (silent).');
  expect(notified(await poll())).toEqual([]);

  kombo.now += HOUR_MS;
  kombo.put({ ...enrolled('a'), status: 'COMPLETED' });
  expect(notified(await poll())).toEqual([['CourseCompleted', 'a', 'IN_PROGRESS']]);
});
