import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { runHere } from './run-program.ts';

export type Ended = { exitCode: number | null; stdout: string; stderr: string };

export type CommandLine = {
  /** Runs a command with data in this directory. */
  run(...args: string[]): Promise<Ended>;
  /** Runs a command with data in this directory and with additional environment variables. */
  runWith(variables: Record<string, string>, ...args: string[]): Promise<Ended>;
  /** Runs a command and interrupts it with Ctrl-C after it has printed this many lines. */
  interrupt(afterLines: number, ...args: string[]): Promise<Ended>;
  remove(): Promise<void>;
};

const MAIN = join(import.meta.dirname, '../../cli/main.ts');

/** Creates a command line without a terminal. Its data is in a directory that is removed after the tests. */
export async function commandLine(): Promise<CommandLine> {
  const directory = await mkdtemp(join(tmpdir(), 'schoolbell-'));
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const start = (args: string[]) =>
    spawn(process.execPath, [MAIN, ...args, '--local', directory], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  return {
    run: (...args) => runHere([...args, '--local', directory], { cwd: directory, variables: env }),
    runWith: (variables, ...args) =>
      runHere([...args, '--local', directory], { cwd: directory, variables: { ...env, ...variables } }),
    async interrupt(afterLines, ...args) {
      const child = start(args);
      let left = afterLines;
      child.stdout.on('data', (chunk: Buffer) => {
        const isOver = left <= 0;
        left -= chunk.toString().split('\n').length - 1;
        if (left <= 0 && !isOver) child.kill('SIGINT');
      });
      return ended(child);
    },
    remove: () => rm(directory, { recursive: true }),
  };
}

async function ended(child: ChildProcess): Promise<Ended> {
  const exit = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('the process has no pipes');
  const [out, err] = await Promise.all([text(stdout), text(stderr)]);
  return { exitCode: await exit, stdout: out, stderr: err };
}
