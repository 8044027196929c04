import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../cli/program.ts';
import { captured } from '../support/run-program.ts';

const MAIN = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

export type Ran = { code: number | null; stdout: string[]; stderr: string[] };

export type Running = {
  child: ChildProcess;
  /** Resolves when the process has ended and its output was read. An incomplete last line is dropped. */
  ended: Promise<Ran>;
};

type Options = { cwd: string; variables?: Record<string, string> };

/** Starts the command line as a process with only `variables` in its environment. */
export function startSchoolbell(args: string[], { cwd, variables }: Options): Running {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: variablesOf(variables),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    written.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    written.stderr += text;
  });
  const ended = once(child, 'close').then(() => ({
    code: child.exitCode,
    stdout: wholeLines(written.stdout),
    stderr: wholeLines(written.stderr),
  }));
  return { child, ended };
}

/** Runs the command line in this process, with only `variables` in its environment. */
export function runSchoolbell(args: string[], options: Options): Promise<Ran> {
  return capturedLines(() => runProgram(args), options);
}

/**
 * Runs `program` in this process, with only `variables` in its environment, and returns the lines that it
 * prints.
 */
export async function capturedLines(program: () => Promise<void>, { cwd, variables }: Options): Promise<Ran> {
  const { exitCode, stdout, stderr } = await captured(program, { cwd, variables: variablesOf(variables) });
  return { code: exitCode, stdout: wholeLines(stdout), stderr: wholeLines(stderr) };
}

function variablesOf(variables: Record<string, string> = {}): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, AWS_EC2_METADATA_DISABLED: 'true', ...variables };
}

/** Returns the lines of a text, without the incomplete last line of a killed process. */
function wholeLines(text: string): string[] {
  return text.split('\n').slice(0, -1);
}
