import { jsonText } from '../../functions/contract/printable-text.ts';
import type { Line } from './terminal-text.ts';
import { printError, printLine } from './write-line.ts';

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
