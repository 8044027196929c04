import { createInterface } from 'node:readline/promises';
import { CommandError, ExitCode } from './exit-code.ts';

/**
 * Asks a yes-or-no question. Enter, Ctrl-C and the end of the input mean no.
 *
 * @throws CommandError when standard input is not a terminal
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new CommandError(
      'Standard input is not a terminal, so nobody can confirm: use --yes.',
      ExitCode.wrongUse,
    );
  }
  // The question goes to standard error, because with `--json` programs read standard output.
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  lines.once('SIGINT', () => ended.abort());
  lines.once('close', () => ended.abort());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: ended.signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (ended.signal.aborted) return false;
    throw error;
  } finally {
    lines.close();
  }
}

/** Runs work with a signal that is aborted at Ctrl-C or SIGTERM. */
export async function untilInterrupted<Result>(
  work: (interrupted: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  const abort = () => controller.abort();
  process.once('SIGINT', abort);
  process.once('SIGTERM', abort);
  try {
    return await work(controller.signal);
  } finally {
    process.removeListener('SIGINT', abort);
    process.removeListener('SIGTERM', abort);
  }
}
