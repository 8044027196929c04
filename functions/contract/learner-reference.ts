import * as z from 'zod/mini';
import { described } from './described.ts';

/** Who a progression is about: ids only. Both are `null` once Kombo has erased the learner. */
export const LearnerReference = z.object({
  id: described(z.nullable(z.string()), "Kombo's id of the learner"),
  remoteId: described(z.nullable(z.string()), "The learning platform's own id"),
});
export type LearnerReference = z.infer<typeof LearnerReference>;
