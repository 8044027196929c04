import { writeSync } from 'node:fs';
import type { WriteStream } from 'node:tty';
import { jsonText } from '../../functions/contract/printable-text.ts';
import { stopForClosedOutput } from './interruption.ts';
import { fitted, type Line, terminalText } from './terminal-text.ts';

const STDOUT = 1;
const STDERR = 2;
const RETRY_MS = 5;

/** Writes to standard output. On a terminal, breaks lines that are too long. */
export function printText(...lines: Line[]): void {
  writeWhole(STDOUT, `${fitted(terminalText(lines), terminalColumns())}\n`);
}

/** Returns infinity if standard output is not a terminal. */
export function terminalColumns(): number {
  return columnsOf(process.stdout);
}

/** Returns the width of a terminal. A terminal whose width is not known, as in some CI jobs, has 0 columns. */
function columnsOf({ isTTY, columns }: WriteStream): number {
  return isTTY && columns > 0 ? columns : Number.POSITIVE_INFINITY;
}

/** Writes to standard error. On a terminal, breaks lines that are too long. */
export function printError(...lines: Line[]): void {
  writeWhole(STDERR, `${fitted(terminalText(lines), columnsOf(process.stderr))}\n`);
}

/** Writes synchronously, so that the text is printed even if the process is killed immediately afterwards. */
function writeWhole(file: number, text: string): void {
  let left = Buffer.from(text);
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(file, left));
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : null;
      // The program that reads the output has ended, as in `| head`.
      if (code === 'EPIPE' && file === STDOUT) stopForClosedOutput();
      // An error about standard error cannot be reported, and must not replace the exit code.
      if (code === 'EPIPE' || (code !== 'EAGAIN' && file === STDERR)) return;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

export type Output = {
  readonly json: boolean;
  /** Prints results on standard output: with `--json` one object per line, otherwise lines for people. */
  result(results: object | readonly object[], ...lines: Line[]): void;
  /** Prints lines for people on standard output, or with `--json` on standard error. */
  say(...lines: Line[]): void;
  /** Prints one line on standard error. */
  error(text: string): void;
};

/** After `stop` is aborted, the output prints nothing. */
export function createOutput(json: boolean, stop?: AbortSignal): Output {
  const unlessStopped = (print: () => void) => {
    if (!stop?.aborted) print();
  };
  const printResults = (results: object | readonly object[], lines: Line[]) => {
    if (!json) printText(...lines);
    else for (const object of [results].flat()) writeWhole(STDOUT, `${jsonText(object)}\n`);
  };
  return {
    json,
    result: (results, ...lines) => unlessStopped(() => printResults(results, lines)),
    say: (...lines) => unlessStopped(() => (json ? printError(...lines) : printText(...lines))),
    error: (text) => unlessStopped(() => printError(`schoolbell: ${text}`)),
  };
}
