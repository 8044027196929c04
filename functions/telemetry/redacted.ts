import { existsSync } from 'node:fs';
import { nameOf } from '../core/errors.ts';
import { mapToSources } from './source-map.ts';

/** The parts of an error that may be logged. */
type Problem = { name: string; at: string[]; cause?: Problem };

const FRAMES = 12;

/**
 * Matches the end of a line of a stack trace: the file and the position in it. Without the characters before
 * it, the time would grow with the square of a message's length.
 */
const POSITION = /(?:^|[\s(])((?:file:\/\/)?(\/[^\s()]+):\d+:\d+)\)?$/;

/**
 * Returns the names of an error and of its causes, and their positions in the code. Messages are omitted: a
 * JSON parser quotes the text that it could not parse, which may contain a learner's name. A stack trace
 * repeats the message, and a line of it may look like a position, so only positions in existing files are
 * returned.
 */
export function redacted(error: unknown, depth = 0): Problem {
  if (!(error instanceof Error)) return { name: typeof error, at: [] };
  const at = (error.stack ?? '')
    .split('\n')
    .flatMap((line) => {
      const [, position = '', file = ''] = POSITION.exec(line) ?? [];
      return existsSync(file) ? [position] : [];
    })
    .slice(0, FRAMES)
    .map((position) => mapToSources(`at ${position}`));
  const hasCause = error.cause !== undefined && depth < 3;
  return { name: nameOf(error), at, ...(hasCause && { cause: redacted(error.cause, depth + 1) }) };
}
