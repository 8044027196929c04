import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { runSchoolbell } from './run-schoolbell.ts';

const BIN = fileURLToPath(new URL('../../bin/schoolbell.js', import.meta.url));

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
});
afterAll(() => rm(cwd, { recursive: true }));

/** The arguments of each wrong command, and the text that is printed after `schoolbell: `. */
const WRONG: [args: string[], printed: string][] = [
  [['pol'], "unknown command 'pol' (Did you mean poll?) See: schoolbell --help"],
  [
    ['events', '--lerner', 'x'],
    "unknown option '--lerner' (Did you mean --learner?) See: schoolbell events --help",
  ],
  [
    ['events', 'moodle'],
    "command-argument value 'moodle' is invalid for argument 'integration'. An integration id looks like moodle:7C9M5sXAQx2cNMpVHLojrFpL. Find it in Kombo's dashboard, or with: schoolbell integrations list. See: schoolbell events --help",
  ],
  [
    ['events', '--learner', 'Ada Byron'],
    "Names are never stored, so --learner does not accept a name. Give the learner's e-mail address (it is looked up at Kombo), or an id from an event: learner.id is Kombo's id, learner.remoteId is the platform's id. See: schoolbell events --help",
  ],
  [
    ['events', '--learner', ''],
    "option '--learner <ids>' argument '' is invalid. Give at least one id. See: schoolbell events --help",
  ],
  [
    ['replay', 'a:b', '--from', '1d', '--yes', '--progression', ' , '],
    "option '--progression <ids>' argument ' , ' is invalid. Give at least one id. See: schoolbell replay --help",
  ],
  ...['--stack <name>', '--profile <name>', '--region <name>'].map((option): [string[], string] => [
    ['status', option.replace(' <name>', ''), ' '],
    `option '${option}' argument ' ' is invalid. It is empty: give a name. See: schoolbell --help`,
  ]),
  [
    ['events', '--type', 'CourseFinished'],
    "option '--type <events>' argument 'CourseFinished' is invalid. Give one of LearnerEnrolled, CourseStarted, CourseCompleted, CourseRecompleted, CompletionCorrected, CourseReopened, LearnerDropped, LearnerReenrolled, ProgressReset, EnrollmentCorrected, ProgressionRemoved, ProgressionRestored, LearnerDataErased. See: schoolbell events --help",
  ],
  [
    ['events', '--from', '2026-02-30'],
    "option '--from <time>' argument '2026-02-30' is invalid. Give a time such as 2h (ago), yesterday, 2026-03-01, 2026-03-01 09:30 (UTC) or 2026-03-01T09:30+01:00. See: schoolbell events --help",
  ],
  [
    ['events', '--from', 'soon'],
    "option '--from <time>' argument 'soon' is invalid. Give a time such as 2h (ago), yesterday, 2026-03-01, 2026-03-01 09:30 (UTC) or 2026-03-01T09:30+01:00. See: schoolbell events --help",
  ],
  [
    ['events', '--from', '2 weeks'],
    "option '--from <time>' argument '2 weeks' is invalid. Give a time such as 2h (ago), yesterday, 2026-03-01, 2026-03-01 09:30 (UTC) or 2026-03-01T09:30+01:00. See: schoolbell events --help",
  ],
  [
    ['events', '--from', '2026-03-02', '--to', '2026-03-01'],
    '--from (2026-03-02T00:00:00.000Z) must be earlier than --to (2026-03-01T00:00:00.000Z). See: schoolbell events --help',
  ],
  [
    ['events', '--last', '0'],
    "option '--last <count>' argument '0' is invalid. Give a whole number of at least 1. See: schoolbell events --help",
  ],
  [
    ['events', '--last', '3', '--limit', '3'],
    "option '--limit <count>' cannot be used with option '--last <count>'. See: schoolbell events --help",
  ],
  [
    ['events', '--follow', '--newest-first'],
    "option '--follow' cannot be used with option '--newest-first'. See: schoolbell events --help",
  ],
  [['events', '--limit'], "option '--limit <count>' argument missing. See: schoolbell events --help"],
  [['poll'], "missing required argument 'integration'. See: schoolbell poll --help"],
  [
    ['poll', 'a:b', 'c:d'],
    "too many arguments for 'poll'. Expected 1 argument but got 2: a:b, c:d. See: schoolbell poll --help",
  ],
  [
    ['poll', 'a:b', '--mode', 'fast'],
    "option '--mode <mode>' argument 'fast' is invalid. Allowed choices are incremental, baseline, reconcile. See: schoolbell poll --help",
  ],
  [['poll', 'a:b', '--force'], '--force needs --mode baseline. See: schoolbell poll --help'],
  [
    ['replay', 'a:b', '--rate', '0'],
    "option '--rate <number>' argument '0' is invalid. Give a whole number from 1 to 10000. See: schoolbell replay --help",
  ],
  [
    ['replay', 'a:b', '--consumer', 'x', '--as-live'],
    "option '--consumer <name>' cannot be used with option '--as-live'. See: schoolbell replay --help",
  ],
  [
    ['replay', 'a:b', '--source', 'bus'],
    "option '--source <where>' argument 'bus' is invalid. Allowed choices are journal, kombo. See: schoolbell replay --help",
  ],
  [
    ['status', '--every', '0'],
    "option '--every <seconds>' argument '0' is invalid. Give a whole number from 1 to 3600. See: schoolbell status --help",
  ],
  [['integrations', 'lst'], "unknown command 'lst' (Did you mean list?) See: schoolbell integrations --help"],
  [
    ['integrations', 'add'],
    "missing required argument 'integration'. See: schoolbell integrations add --help",
  ],
  [
    ['integrations', 'add', 'a:b', '--baseline', 'loud'],
    'option \'--baseline <which>\' argument \'loud\' is invalid. a baseline is "silent", "publish" or "since:" with a date, such as "since:2026-09-01". See: schoolbell integrations add --help',
  ],
  [['set-aside', 'drop', 'a:b'], "missing required argument 'id'. See: schoolbell set-aside drop --help"],
  [['release'], "missing required argument 'integration'. See: schoolbell release --help"],
  [
    ['discard', 'not an id'],
    "command-argument value 'not an id' is invalid for argument 'integration'. An integration id looks like moodle:7C9M5sXAQx2cNMpVHLojrFpL. Find it in Kombo's dashboard, or with: schoolbell integrations list. See: schoolbell discard --help",
  ],
  [
    ['watermark', 'a:b', '--set', 'tomorrow'],
    "option '--set <time>' argument 'tomorrow' is invalid. Give a time such as 2h (ago), yesterday, 2026-03-01, 2026-03-01 09:30 (UTC) or 2026-03-01T09:30+01:00. See: schoolbell watermark --help",
  ],
  [['watermark', 'a:b', '--force'], '--force needs --set. See: schoolbell watermark --help'],
  [
    ['sandbox', '--port', '70000'],
    "option '--port <port>' argument '70000' is invalid. Give a whole number from 0 to 65535. See: schoolbell sandbox --help",
  ],
  [
    ['dev', '--every', 'Infinity'],
    "option '--every <seconds>' argument 'Infinity' is invalid. Give a number from 0 to 86400. See: schoolbell dev --help",
  ],
  [
    ['doctor', 'now'],
    "too many arguments for 'doctor'. Expected 0 arguments but got 1: now. See: schoolbell doctor --help",
  ],
  ...[['secret'], ['--key=secret'], ['--api-key', 'secret']].map((args): [string[], string] => [
    ['key', ...args],
    'Give the key in KOMBO_API_KEY, or on standard input (schoolbell key < file). See: schoolbell key --help',
  ]),
];

it.each(WRONG)(
  'the wrong command %j prints one line that refers to the help, and exits with 2',
  async (args, printed) => {
    const ran = await runSchoolbell([...args, '--local'], { cwd });

    expect(ran).toEqual({ code: 2, stdout: [], stderr: [`schoolbell: ${printed}`] });
    expect(await readdir(cwd)).toEqual([]);
  },
);

it.runIf(existsSync('/dev/full')).each([[['pol']], [[]], [['integrations']]])(
  'the exit code of the wrong command %j is 2 even if standard error cannot be written',
  (args) => {
    const full = openSync('/dev/full', 'w');
    const { status } = spawnSync(process.execPath, [BIN, ...args], { cwd, stdio: ['ignore', 'pipe', full] });
    closeSync(full);
    expect(status).toBe(2);
  },
);

it('in a checkout, a Node that cannot run TypeScript prints one line that names the version to install', () => {
  const args = ['--no-experimental-strip-types', BIN, '--version'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toMatch(/^schoolbell: Node \S+ is too old\. Install Node 24 or later: \S+\n$/);
});

it('`init` with a path that is below a file says to name another directory', async () => {
  const file = fileURLToPath(import.meta.url);
  const { code, stderr } = await runSchoolbell(['init', join(file, 'app')], { cwd });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: [expect.stringMatching(/^schoolbell: ENOTDIR: .*: name another directory\.$/)],
  });
});

/** A deployment whose secret cannot be reached, so that a stored key would be an error of the network. */
const DEPLOYMENT = {
  TABLE_NAME: 'table',
  QUEUE_URL: 'https://127.0.0.1:1/queue',
  BUS_NAME: 'bus',
  KOMBO_SECRET_ID: 'secret',
  REMOTE_IDS_KEY_ID: 'secret',
  AWS_REGION: 'eu-central-1',
};

it.each([
  [
    'is given twice',
    { KOMBO_API_KEY: 'old' },
    'new',
    2,
    'KOMBO_API_KEY is set, and standard input is a file too: ',
  ],
  [
    'is not ASCII',
    { KOMBO_API_KEY: '' },
    'k\u00e9y',
    1,
    'The key contains a space or another invalid character, ',
  ],
  ['is empty', { KOMBO_API_KEY: '' }, ' \n', 1, 'Give the key in KOMBO_API_KEY, '],
])(
  '`key` refuses a key that %s, and prints the reason in one line',
  async (_, variables, content, code, printed) => {
    const file = join(await mkdtemp(join(tmpdir(), 'schoolbell-test-')), 'key.txt');
    onTestFinished(() => rm(dirname(file), { recursive: true }));
    writeFileSync(file, content);
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'key'], {
      cwd,
      encoding: 'utf8',
      env: { ...process.env, ...DEPLOYMENT, ...variables },
      stdio: [openSync(file, 'r'), 'pipe', 'pipe'],
    });
    expect({ status, stderr }).toEqual({
      status: code,
      stderr: expect.stringMatching(`^schoolbell: ${printed}.*\n$`),
    });
  },
);
