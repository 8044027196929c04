import * as z from 'zod/mini';
import { described, Timestamp, WholeNumber } from './field-types.ts';

/** What can happen to a course progression. The values are the `detail-type`s of the events. */
export const LearningEventType = z.enum([
  'LearnerEnrolled',
  'CourseStarted',
  'CourseCompleted',
  'CourseRecompleted',
  'CompletionCorrected',
  'CourseReopened',
  'LearnerDropped',
  'LearnerReenrolled',
  'ProgressReset',
  'EnrollmentCorrected',
  'ProgressionRemoved',
  'ProgressionRestored',
  'LearnerDataErased',
]);
export type LearningEventType = z.infer<typeof LearningEventType>;

export const EventCounts = z.partialRecord(LearningEventType, WholeNumber);
export type EventCounts = z.infer<typeof EventCounts>;

/** The status of a learner in a course: Kombo's four values. Any other value counts as unknown. */
export const Status = z.enum(['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED']);
export type Status = z.infer<typeof Status>;

/**
 * The state of one course progression. `null` means that no value is known, and for `removedAt` that the
 * record is not removed.
 */
export const ProgressionState = z.object({
  id: described(z.string(), "Kombo's id of the course progression"),
  remoteId: described(z.nullable(z.string()), "The learning platform's own id"),
  status: z.nullable(Status),
  enrolledAt: z.nullable(Timestamp),
  completedAt: z.nullable(Timestamp),
  changedAt: described(z.nullable(Timestamp), 'When Kombo last changed the record'),
  removedAt: described(z.nullable(Timestamp), 'When the record was removed from the learning platform'),
});
export type ProgressionState = z.infer<typeof ProgressionState>;

/**
 * The ids of the learner of a progression. `LearnerDataErased` is the last event that contains them. After
 * it, both are `null`.
 */
export const LearnerReference = z.object({
  id: described(z.nullable(z.string()), "Kombo's id of the learner"),
  remoteId: described(z.nullable(z.string()), "The learning platform's own id"),
});
export type LearnerReference = z.infer<typeof LearnerReference>;

/** Personal data: part of an event if the deployment includes it, and never stored or logged. */
export const LearnerDetails = z.object({
  firstName: z.nullable(z.string()),
  lastName: z.nullable(z.string()),
  email: z.nullable(z.string()),
});
export type LearnerDetails = z.infer<typeof LearnerDetails>;

/** The learner of an event. It always has the ids; it has details only if the deployment includes them. */
export const Learner = z.extend(LearnerReference, z.partial(LearnerDetails).shape);
export type Learner = z.infer<typeof Learner>;

/** The course of a progression. A progression belongs to a revision (a version) of a course. */
export const Course = z.object({
  id: described(z.nullable(z.string()), "Kombo's id of the course; null if the platform has only revisions"),
  remoteId: z.nullable(z.string()),
  revisionId: z.nullable(z.string()),
  revisionRemoteId: z.nullable(z.string()),
  title: z.nullable(z.string()),
});
export type Course = z.infer<typeof Course>;

/** Describes the replay of an event. Only replayed events have it. */
export const Replay = z.object({
  id: z.string(),
  reason: z.string(),
  consumer: described(
    z.optional(z.nullable(z.string())),
    'The consumer that the replay is for; absent or null if it is for every consumer',
  ),
});
export type Replay = z.infer<typeof Replay>;
