import * as z from 'zod';

/** How many changes of each kind that a mass change is made of. */
export const HeldCounts = z.object({
  removed: z.int().nonnegative(),
  restored: z.int().nonnegative(),
  firstSeenOld: z.int().nonnegative().describe('First seen with a date from before the watermark'),
});
export type HeldCounts = z.infer<typeof HeldCounts>;
