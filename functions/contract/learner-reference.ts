import * as z from 'zod';

/** Who a progression is about: ids only. Both are `null` once Kombo has erased the learner. */
export const LearnerReference = z.object({
  id: z.string().nullable().describe("Kombo's id of the learner"),
  remoteId: z.string().nullable().describe("The learning platform's own id"),
});
export type LearnerReference = z.infer<typeof LearnerReference>;
