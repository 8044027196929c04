import * as z from 'zod/mini';
import { Timestamp } from './timestamp.ts';

/**
 * What the first sync of an integration publishes: nothing (`silent`), everything (`publish`), or what happened at
 * or after a date (`since`).
 */
export const Baseline = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('silent') }),
  z.object({ mode: z.literal('publish') }),
  z.object({ mode: z.literal('since'), date: Timestamp }),
]);
export type Baseline = z.infer<typeof Baseline>;

/** The baseline in one word: `silent`, `publish` or `since:<date>`. */
export function describeBaseline(baseline: Baseline): string {
  return baseline.mode === 'since' ? `since:${baseline.date}` : baseline.mode;
}
