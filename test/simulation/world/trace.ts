import { createHash } from 'node:crypto';

/** The trace of a history, with one line per step. The lines are built only if the history is recorded. */
export type Trace = {
  note(line: () => string): void;
  lines(): string[];
  /**
   * Returns a digest of the recorded lines, each with its time, so that two runs can be compared. Returns an
   * empty text if the history is not recorded.
   */
  hash(): string;
};

export const noTrace: Trace = { note: () => undefined, lines: () => [], hash: () => '' };

export function recordedTrace(now: () => number): Trace {
  const lines: string[] = [];
  const start = now();
  return {
    note: (line) => lines.push(`${((now() - start) / 1000).toFixed(3).padStart(11)}  ${line()}`),
    lines: () => lines,
    hash: () => createHash('sha256').update(lines.join('\n')).digest('hex'),
  };
}
