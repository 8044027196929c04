import { isRunError, nameOf } from '../../functions/core/errors.ts';
import { failureText } from '../views/poll-outcome.ts';
import { CommandError, ExitCode } from './exit-code.ts';
import { printError } from './output.ts';

/** Says in one line on standard error what went wrong. Returns the exit code. */
export function reportError(error: unknown): ExitCode {
  printError(`schoolbell: ${oneLine(messageOf(error))}`);
  if (process.env['SCHOOLBELL_DEBUG'] && error instanceof Error) {
    printError(...(error.stack ?? '').split('\n').map((line) => `  ${line}`));
  }
  return error instanceof CommandError ? error.exitCode : ExitCode.failed;
}

function messageOf(error: unknown): string {
  if (error instanceof CommandError) return error.message;
  if (isRunError(error)) return failureText(error);
  return `${isOfSystem(error) ? error.message : nameOf(error)}. This was not expected: set SCHOOLBELL_DEBUG=1 to see where it happened.`;
}

/** Of a file or a port of this machine. Other messages may quote what could not be understood, such as a record. */
function isOfSystem(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && !('$metadata' in error);
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
