import { isRunError } from '../functions/core/errors.ts';
import { CommandError, ExitCode } from './exit-code.ts';
import { troubleText } from './poll-outcome.ts';
import { printError } from './write-line.ts';

/** Says in one line on standard error what went wrong. Returns the exit code. */
export function reportError(error: unknown): ExitCode {
  printError(`schoolbell: ${oneLine(messageOf(error))}`);
  if (process.env['SCHOOLBELL_DEBUG'] && error instanceof Error) printError(error.stack ?? '');
  return error instanceof CommandError ? error.exitCode : ExitCode.failed;
}

function messageOf(error: unknown): string {
  if (error instanceof CommandError) return error.message;
  if (isRunError(error)) return troubleText(error);
  const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return `${reason}. This was not expected: set SCHOOLBELL_DEBUG=1 to see where it happened.`;
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
