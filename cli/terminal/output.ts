import { writeSync } from 'node:fs';
import { jsonText } from '../../functions/contract/printable-text.ts';
import { ExitCode } from './exit-code.ts';
import { type Line, terminalText } from './terminal-text.ts';

const STDOUT = 1;
const STDERR = 2;
const RETRY_MS = 5;

/** Writes lines to standard output, synchronously: they are printed even if the process is killed right after. */
export function printLine(...lines: Line[]): void {
  writeWhole(STDOUT, `${terminalText(lines)}\n`);
}

/** Writes lines to standard error, synchronously. */
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
      // The reader has ended, as after `| head`. The next poll continues where this one stopped.
      if (code === 'EPIPE') process.exit(ExitCode.failed);
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

/** Prints what a command has to say. */
export type Output = {
  readonly json: boolean;
  /** A result: one line of JSON with `--json`, otherwise lines for people. Both on standard output. */
  answer(object: object, ...lines: Line[]): void;
  /** Several results: one JSON object a line with `--json`, otherwise all lines. Both on standard output. */
  answerAll(objects: readonly object[], ...lines: Line[]): void;
  /** For people: on standard output, or on standard error with `--json`. */
  say(...lines: Line[]): void;
  /** An error in one line: on standard error. */
  complain(text: string): void;
};

export function createOutput(json: boolean): Output {
  return {
    json,
    answer: (object, ...lines) => (json ? printLine(jsonText(object)) : printLine(...lines)),
    answerAll(objects, ...lines) {
      if (!json) printLine(...lines);
      else for (const object of objects) printLine(jsonText(object));
    },
    say: (...lines) => (json ? printError(...lines) : printLine(...lines)),
    complain: (text) => printError(`schoolbell: ${text}`),
  };
}
