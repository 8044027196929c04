import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import * as z from 'zod/mini';
import { buildProgram } from '../../cli/program.ts';
import { untilProgramEnds } from '../../cli/terminal/interruption.ts';
import { createOutput } from '../../cli/terminal/output.ts';
import { captured, onceAfter, type RunOptions, runHere } from '../support/run-program.ts';
import { startCommandKombo } from '../support/sandbox-kombo.ts';

const SCHOOL = 'sandbox:school';

/**
 * The arguments of each case. If a command runs until Ctrl-C only with some options, such as `--watch`, these
 * options have a case of their own.
 */
const CASES: [command: string, args: string[]][] = [
  ['dev', []],
  ['dev', ['--watch', '--every', '0']],
  ['init', []],
  ['sandbox', ['--port', '0']],
  ['key', []],
  ['integrations add', ['sandbox:other']],
  ['integrations list', []],
  ['integrations remove', [SCHOOL]],
  ['poll', [SCHOOL]],
  ['reconcile', [SCHOOL]],
  ['events', [SCHOOL]],
  ['status', []],
  ['status', ['--watch', '--every', '1']],
  ['replay', [SCHOOL, '--from', '2020-01-01', '--yes', '--rate', '10']],
  ['watermark', [SCHOOL]],
  ['release', [SCHOOL]],
  ['discard', [SCHOOL]],
  ['pause', [SCHOOL]],
  ['resume', [SCHOOL]],
  ['set-aside list', [SCHOOL]],
  ['set-aside retry', [SCHOOL]],
  ['set-aside drop', [SCHOOL, 'no-item']],
  ['doctor', []],
];
/** The commands that do not use the data of a deployment. */
const WITHOUT_DATA = ['dev', 'init', 'sandbox', 'key'];

let root: string;

/** Creates local data with four polls. Each case works on a copy of this data. */
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'schoolbell-test-'));
  await mkdir(join(root, 'polled'));
  for (let polls = 0; polls < 4; polls += 1) {
    await runHere(['poll', SCHOOL, '--local'], { cwd: join(root, 'polled'), variables: {} });
  }
});
afterAll(() => rm(root, { recursive: true }));

async function inCopy() {
  const cwd = await mkdtemp(join(root, 'copy-'));
  await cp(join(root, 'polled'), cwd, { recursive: true });
  const temporary = await mkdtemp(join(root, 'tmp-'));
  const run = (args: string[], options: Partial<RunOptions> = {}) =>
    runHere(args, { cwd, variables: { TMPDIR: temporary }, ...options });
  return { run, temporary };
}

const line = (command: string, args: string[]) => [
  ...command.split(' '),
  ...args,
  ...(WITHOUT_DATA.includes(command) ? [] : ['--local']),
];

test('the tests of Ctrl-C contain every command of `schoolbell`', () => {
  const leaves = (command: Command): string[] =>
    command.commands.length === 0
      ? [command.name()]
      : command.commands.flatMap((each) =>
          leaves(each).map((name) => (command.parent === null ? name : `${command.name()} ${name}`)),
        );
  expect(new Set(CASES.map(([command]) => command))).toEqual(new Set(leaves(buildProgram())));
});

test.each(CASES)(
  'the command %s with the arguments %j ends without an unexpected error after Ctrl-C',
  async (command, args) => {
    const { run, temporary } = await inCopy();
    const ended = await run(line(command, args), { onWrite: onceAfter(1) });
    await expectCleanEnd(command, ended, [0, 1, 2, 130]);
    expect((await readdir(temporary)).filter((name) => !name.includes('certificates'))).toEqual([]);
    await expectNoReplayRunning(run);
  },
);

test.each(CASES)(
  'the command %s with the arguments %j ends without an unexpected error when its output is closed',
  async (command, args) => {
    const { run, temporary } = await inCopy();
    const ended = await run(line(command, args), { readsWrites: 0 });
    await expectCleanEnd(command, ended, [0, 1, 2]);
    expect((await readdir(temporary)).filter((name) => !name.includes('certificates'))).toEqual([]);
    await expectNoReplayRunning(run);
  },
);

type Run = Awaited<ReturnType<typeof inCopy>>['run'];

async function expectCleanEnd(command: string, ended: { exitCode: number; stderr: string }, codes: number[]) {
  expect(codes, command).toContain(ended.exitCode);
  expect(ended.stderr).not.toMatch(/unexpected|at \w+ \(/);
}

async function expectNoReplayRunning(run: Run) {
  const { stdout } = await run(['replay', SCHOOL, '--list', '--local']);
  expect(stdout).not.toMatch(/running/);
}

test('a command that only reads, such as `doctor`, prints no message, no result and no error after Ctrl-C', async () => {
  const { run } = await inCopy();
  const ended = await run(line('doctor', []), { onWrite: onceAfter(1) });
  expect(ended.exitCode).toBe(130);
  expect(ended.stdout.trim().split('\n')).toHaveLength(1);
  const late = await captured(
    async () => {
      const output = createOutput(false, AbortSignal.abort());
      output.say('a message');
      output.result({}, 'a result');
      output.error('an error');
    },
    { cwd: root, variables: {} },
  );
  expect(late).toMatchObject({ stdout: '', stderr: '' });
});

test('when Ctrl-C stops a replay, the command prints how many events were sent and exits with 130', async () => {
  const { run } = await inCopy();
  const args = ['replay', SCHOOL, '--from', '2020-01-01', '--yes', '--rate', '10', '--local'];
  const { exitCode, stderr } = await run(args, { onWrite: onceAfter(4) });
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(/Interrupted: Replay .* is stopped: \d+ of \d+ events sent\. Continue with/);
});

const STOPS: [how: string, code: number, options: (events: number) => Partial<RunOptions>][] = [
  ['is interrupted', 130, (events) => ({ onWrite: onceAfter(events) })],
  ['finds its output closed', 0, (events) => ({ readsWrites: events })],
];

test.each(STOPS)(
  'a poll that %s completes its page, and the next poll continues after this page',
  async (_, code, options) => {
    const kombo = await startCommandKombo();
    onTestFinished(() => kombo.close());
    kombo.pageSize = 10;
    const enrolledAt = new Date(kombo.now).toISOString();
    for (let at = 0; at < 40; at += 1) kombo.put({ id: `p${at}`, status: 'ENROLLED', enrolledAt });
    const cwd = await mkdtemp(join(root, 'poll-'));
    const run = (args: string[], more: Partial<RunOptions> = {}) =>
      runHere([...args, '--local'], { cwd, variables: kombo.variables, ...more });
    await run(['integrations', 'add', kombo.integration, '--baseline', 'publish']);
    const poll = ['poll', kombo.integration, '--json'];

    const first = await run(poll, options(3));
    expect(first.exitCode).toBe(code);
    expect(first.stderr).toMatch(/: 10 events were published\. The next poll continues from here\./);
    const second = await run(poll);
    expect(second.exitCode).toBe(0);

    const published = (await run(['events', kombo.integration, '--json'])).stdout;
    expect(learningIds(published)).toHaveLength(40);
    expect(learningIds(second.stdout)).toHaveLength(30);
    expect(new Set([...learningIds(published).slice(0, 10), ...learningIds(second.stdout)]).size).toBe(40);
  },
);

/** Returns the ids of the learning events in an output with `--json`. */
function learningIds(stdout: string): string[] {
  const lines = stdout.split('\n').filter((text) => text.includes('"progression"'));
  return lines.map(
    (text) => z.object({ detail: z.object({ id: z.string() }) }).parse(JSON.parse(text)).detail.id,
  );
}

test("the program's listener for SIGINT stays until the command has ended, even after Ctrl-C, and is then removed", async () => {
  const before = process.rawListeners('SIGINT');
  let during = 0;
  await untilProgramEnds(async () => {
    // This call would remove the listener if it had been added with `once`.
    const [ours] = process.rawListeners('SIGINT').filter((listener) => !before.includes(listener));
    ours?.('SIGINT');
    during = process.rawListeners('SIGINT').length;
  });
  expect(during).toBe(before.length + 1);
  expect(process.rawListeners('SIGINT')).toEqual(before);
});
