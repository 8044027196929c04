import * as z from 'zod/mini';
import { described } from './field-types.ts';

/** Who a progression is about: ids only. Both are `null` once Kombo has erased the learner. */
export const LearnerReference = z.object({
  id: described(z.nullable(z.string()), "Kombo's id of the learner"),
  remoteId: described(z.nullable(z.string()), "The learning platform's own id"),
});
export type LearnerReference = z.infer<typeof LearnerReference>;

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

/** The course of a progression. A progression belongs to a revision (a version) of a course. */
export const Course = z.object({
  id: described(
    z.nullable(z.string()),
    "Kombo's id of the course; null where the platform knows revisions only",
  ),
  remoteId: z.nullable(z.string()),
  revisionId: z.nullable(z.string()),
  revisionRemoteId: z.nullable(z.string()),
  title: z.nullable(z.string()),
});
export type Course = z.infer<typeof Course>;

/** Present on an event that is sent again. */
export const Replay = z.object({
  id: z.string(),
  reason: z.string(),
  consumer: described(
    z.optional(z.nullable(z.string())),
    'The consumer it is addressed to; absent (or null) when it is for everyone',
  ),
});
export type Replay = z.infer<typeof Replay>;
