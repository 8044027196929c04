import * as z from 'zod/mini';
import { described } from './described.ts';
import { WholeNumber } from './whole-number.ts';

/** How many changes of each kind that a mass change is made of. */
export const HeldCounts = z.object({
  removed: WholeNumber,
  restored: WholeNumber,
  firstSeenOld: described(WholeNumber, 'First seen with a date from before the watermark'),
});
export type HeldCounts = z.infer<typeof HeldCounts>;
