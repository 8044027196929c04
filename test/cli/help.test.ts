import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { runSchoolbell } from './run-schoolbell.ts';

const help = async (...command: string[]) => {
  const ran = await runSchoolbell([...command, '--help'], { cwd: tmpdir() });
  expect(ran).toMatchObject({ code: 0, stderr: [] });
  return ran.stdout.join('\n');
};

it.for([
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
])('schoolbell %s --help prints the help', async (command) => {
  expect(await help(...command.split(' ').filter(Boolean))).toMatchSnapshot();
});

it('schoolbell without a command prints the help to standard error, with exit code 2', async () => {
  const ran = await runSchoolbell([], { cwd: tmpdir() });
  expect(ran).toMatchObject({ code: 2, stdout: [] });
  expect(ran.stderr.join('\n')).toBe(await help());
});
