import { isRunError, nameOf } from '../../functions/core/errors.ts';
import { adviceAbout } from '../../local/private-directory.ts';
import { failureText } from '../views/poll-outcome.ts';
import { CommandError, ExitCode } from './exit-code.ts';
import { printError } from './output.ts';

/** Prints an error as one line on standard error, followed by a hint. Returns the exit code. */
export function reportError(error: unknown, hint = ''): ExitCode {
  printError(`schoolbell: ${oneLine(messageOf(error))}${hint}`);
  if (process.env['SCHOOLBELL_DEBUG'] && error instanceof Error) {
    printError(...(error.stack ?? '').split('\n').map((line) => `  ${line}`));
  }
  return error instanceof CommandError ? error.exitCode : ExitCode.failed;
}

/** Waits for a read. After a temporary failure, calls `onFailure` and returns null: the command reads again later. */
export async function unlessTemporary<Result>(
  read: Promise<Result>,
  onFailure: (text: string) => void,
): Promise<Result | null> {
  try {
    return await read;
  } catch (error) {
    if (!isRunError(error) || error.kind !== 'transient') throw error;
    onFailure(`${failureText(error)}. The command continues, and reads again.`);
    return null;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof CommandError) return error.message;
  if (isRunError(error)) return failureText(error);
  if (isStorageError(error)) {
    return `The local data cannot be read or written (${error.message}): ${adviceAbout(error.message) ?? 'the data is damaged: move its directory away, and start again with a poll'}.`;
  }
  const message = isSystemError(error) ? error.message : nameOf(error);
  const advice = adviceAbout(message);
  return advice === null
    ? `${message}. This is unexpected: set SCHOOLBELL_DEBUG=1 to see where it happened.`
    : `${message}: ${advice}.`;
}

/** Recognises an error of LevelDB. Its message names a file and contains no record, so it can be printed. */
function isStorageError(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('LEVEL_');
}

/** Recognises an error about a file or a port. Other messages may quote a record, so they are not printed. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error && !('$metadata' in error);
}

export function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, ' ');
}
