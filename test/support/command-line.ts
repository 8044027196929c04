import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onceAfter, type ProgramRun, type RunOptions, runHere } from './run-program.ts';

export type CommandLine = {
  /** Runs a command with its data in the directory of this command line. */
  run(...args: string[]): Promise<ProgramRun>;
  /** Runs a command in the same directory, with additional environment variables. */
  runWith(variables: Record<string, string>, ...args: string[]): Promise<ProgramRun>;
  /** Runs a command and interrupts it with Ctrl-C after it has written this many times to standard output. */
  interrupt(afterWrites: number, ...args: string[]): Promise<ProgramRun>;
  remove(): Promise<void>;
};

/**
 * Creates a command line without a terminal. Its data is in a temporary directory, which `remove` removes.
 */
export async function commandLine(): Promise<CommandLine> {
  const directory = await mkdtemp(join(tmpdir(), 'schoolbell-'));
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  const runWith = (variables: Record<string, string>, args: string[], more: Partial<RunOptions> = {}) =>
    runHere([...args, '--local', directory], {
      cwd: directory,
      variables: { ...env, ...variables },
      ...more,
    });
  return {
    run: (...args) => runWith({}, args),
    runWith: (variables, ...args) => runWith(variables, args),
    interrupt: (afterWrites, ...args) => runWith({}, args, { onWrite: onceAfter(afterWrites) }),
    remove: () => rm(directory, { recursive: true }),
  };
}
