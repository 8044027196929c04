import { tmpdir } from 'node:os';
import { expect, it, onTestFinished } from 'vitest';
import { runSchoolbell } from './run-schoolbell.ts';

const help = async (...command: string[]) => {
  const ran = await runSchoolbell([...command, '--help'], { cwd: tmpdir() });
  expect(ran).toMatchObject({ code: 0, stderr: [] });
  return ran.stdout.join('\n');
};

const COMMANDS = [
  '',
  'dev',
  'init',
  'sandbox',
  'integrations',
  'integrations add',
  'integrations list',
  'integrations remove',
  'poll',
  'events',
  'status',
  'replay',
  'watermark',
  'reconcile',
  'doctor',
  'key',
  'release',
  'discard',
  'pause',
  'resume',
  'set-aside',
  'set-aside list',
  'set-aside retry',
  'set-aside drop',
];

it.for(COMMANDS)('the help text of `schoolbell %s --help` is the text in the snapshot', async (command) => {
  expect(await help(...command.split(' ').filter(Boolean))).toMatchSnapshot();
});

it('`schoolbell` without a command prints the help to standard error and exits with 2', async () => {
  const ran = await runSchoolbell([], { cwd: tmpdir() });
  expect(ran).toMatchObject({ code: 2, stdout: [] });
  expect(ran.stderr.join('\n')).toBe(await help());
});

it.for(COMMANDS)(
  'the output of `schoolbell %s --help` fits into a terminal of 80 columns',
  async (command) => {
    const { stdout } = process;
    const { isTTY, columns } = stdout;
    onTestFinished(() => void Object.assign(stdout, { isTTY, columns }));
    Object.assign(stdout, { isTTY: true, columns: 80 });
    const lines = (await help(...command.split(' ').filter(Boolean))).split('\n');
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
  },
);

it('on a terminal that reports no width, as in some CI jobs, the help is printed as without a terminal', async () => {
  const { stdout } = process;
  const { isTTY, columns } = stdout;
  onTestFinished(() => void Object.assign(stdout, { isTTY, columns }));
  Object.assign(stdout, { isTTY: false });
  const text = await help('poll');
  Object.assign(stdout, { isTTY: true, columns: 0 });
  expect(await help('poll')).toBe(text);
});
