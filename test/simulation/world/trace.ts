import { createHash } from 'node:crypto';

/** What happened, one line a step; costs nothing where nobody will read it. */
export type Trace = {
  note(line: () => string): void;
  lines(): string[];
  /** The same for two runs exactly when they took the same steps at the same times. */
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
