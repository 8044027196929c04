import { inSources } from './source-places.ts';

/** An error as it may be logged. */
export type Problem = { name: string; at: string[]; cause?: Problem };

const FRAMES = 12;

/**
 * An error's names and places in the code, and those of its causes. Messages stay out: that of a JSON parser, for one,
 * quotes what it could not read, and that may be a learner's name.
 */
export function withoutContent(error: unknown, depth = 0): Problem {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const at = (error.stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => /^at .*\d+:\d+\)?$/.test(line))
    .slice(0, FRAMES)
    .map(inSources);
  const hasCause = error.cause !== undefined && depth < 3;
  return { name: error.name, at, ...(hasCause && { cause: withoutContent(error.cause, depth + 1) }) };
}
