import { createInterface } from 'node:readline/promises';
import { CommandError, ExitCode } from './exit-code.ts';
import { InterruptedError, interruption } from './interruption.ts';

/**
 * Enter, Ctrl-C and the end of the input mean no.
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
  const signal = AbortSignal.any([ended.signal, interruption()]);
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal });
    return /^y(es)?$/i.test(answer.trim());
  } catch (error) {
    if (interruption().aborted) throw new InterruptedError('nothing was done.');
    if (signal.aborted) return false;
    throw error;
  } finally {
    lines.close();
  }
}
