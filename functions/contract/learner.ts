import * as z from 'zod/mini';
import { LearnerReference } from './learner-reference.ts';

/** Personal data: passes through to an event when the deployment asks for it, and is never stored or logged. */
export const LearnerDetails = z.object({
  firstName: z.nullable(z.string()),
  lastName: z.nullable(z.string()),
  email: z.nullable(z.string()),
});
export type LearnerDetails = z.infer<typeof LearnerDetails>;

/** The learner of an event: ids always, details only where the deployment includes them. */
export const Learner = z.extend(LearnerReference, z.partial(LearnerDetails).shape);
export type Learner = z.infer<typeof Learner>;
