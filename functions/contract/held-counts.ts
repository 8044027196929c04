import * as z from 'zod/mini';
import { described } from './described.ts';

/** How many changes of each kind that a mass change is made of. */
export const HeldCounts = z.object({
  removed: z.int().check(z.nonnegative()),
  restored: z.int().check(z.nonnegative()),
  firstSeenOld: described(z.int().check(z.nonnegative()), 'First seen with a date from before the watermark'),
});
export type HeldCounts = z.infer<typeof HeldCounts>;
