import { writeSync } from 'node:fs';
import { jsonText } from '../../functions/contract/printable-text.ts';
import { ExitCode } from './exit-code.ts';
import { type Line, terminalText } from './terminal-text.ts';

const STDOUT = 1;
const STDERR = 2;
const RETRY_MS = 5;

/**
 * Writes lines to standard output and returns when the system has them: what was printed stays printed, even if the
 * process is killed right after.
 */
export function printLine(...lines: Line[]): void {
  writeWhole(STDOUT, `${terminalText(lines)}\n`);
}

/** The same to standard error. */
export function printError(...lines: Line[]): void {
  writeWhole(STDERR, `${terminalText(lines)}\n`);
}

function writeWhole(file: number, text: string): void {
  let left = Buffer.from(text);
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(file, left));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      // Nobody reads any more, as after `| head`. A poll that stops here goes on the next time.
      if (code === 'EPIPE') process.exit(ExitCode.failed);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

/** Where a command's answers go. */
export type Output = {
  readonly json: boolean;
  /** An answer: as one JSON object a line with `--json`, as lines for people without. Both on standard output. */
  answer(object: object, ...lines: Line[]): void;
  /** For people: on standard output, or on standard error with `--json`. */
  say(...lines: Line[]): void;
  /** What is wrong, in one line: on standard error. */
  complain(text: string): void;
};

export function createOutput(json: boolean): Output {
  return {
    json,
    answer: (object, ...lines) => (json ? printLine(jsonText(object)) : printLine(...lines)),
    say: (...lines) => (json ? printError(...lines) : printLine(...lines)),
    complain: (text) => printError(`schoolbell: ${text}`),
  };
}
