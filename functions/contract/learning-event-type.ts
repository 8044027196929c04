import * as z from 'zod/mini';

/** What can happen to a course progression: the `detail-type` of its event. */
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
