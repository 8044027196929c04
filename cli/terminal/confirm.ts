import { createInterface } from 'node:readline/promises';
import { CommandError, ExitCode } from './exit-code.ts';

/**
 * Asks a person, who must say yes; Enter, Ctrl-C and the end of the input are a no.
 *
 * @throws CommandError when nobody is there to ask
 */
export async function confirm(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new CommandError('Nobody is there to ask: say --yes to go on.', ExitCode.wrongUse);
  }
  // On standard error: with --json, standard output is for programs.
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
