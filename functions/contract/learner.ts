import * as z from 'zod';
import { LearnerReference } from './learner-reference.ts';

/** Personal data: passes through to an event when the deployment asks for it, and is never stored or logged. */
export const LearnerDetails = z.object({
  firstName: z.string().nullable(),
  lastName: z.string().nullable(),
  email: z.string().nullable(),
});
export type LearnerDetails = z.infer<typeof LearnerDetails>;

/** The learner of an event: ids always, details only where the deployment includes them. */
export const Learner = LearnerReference.extend(LearnerDetails.partial().shape);
export type Learner = z.infer<typeof Learner>;
