import { createHash } from 'node:crypto';

/** The trace of a history, one line per step. Costs nothing if it is not read. */
export type Trace = {
  note(line: () => string): void;
  lines(): string[];
  /**
   * A digest of the trace: two runs have the same digest exactly if they took the same steps at the same
   * times.
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
