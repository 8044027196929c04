import { printError, printLine } from './write-line.ts';

/** Where a command's answers go. */
export type Output = {
  readonly json: boolean;
  /** An answer: as one JSON object a line with `--json`, as text for people without. Both on standard output. */
  answer(object: object, text: string): void;
  /** For people: on standard output, or on standard error with `--json`. */
  say(text: string): void;
  /** What is wrong: on standard error. */
  complain(text: string): void;
};

export function createOutput(json: boolean): Output {
  return {
    json,
    answer: (object, text) => printLine(json ? JSON.stringify(object) : text),
    say: (text) => (json ? printError(text) : printLine(text)),
    complain: (text) => printError(`schoolbell: ${text}`),
  };
}
