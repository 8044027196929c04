import { writeSync } from 'node:fs';
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
