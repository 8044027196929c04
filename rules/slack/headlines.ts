import type { LearningEventType } from '../../functions/contract/learning-event-type.ts';

/** What each learning event is called in a message. */
export const headlines: Record<LearningEventType, string> = {
  LearnerEnrolled: 'Enrolled in a course',
  CourseStarted: 'Course started',
  CourseCompleted: 'Course completed',
  CourseRecompleted: 'Course completed again',
  CompletionCorrected: 'Date of completion corrected',
  CourseReopened: 'Course reopened',
  LearnerDropped: 'Course dropped',
  LearnerReenrolled: 'Back in a dropped course',
  ProgressReset: 'Progress reset',
  EnrollmentCorrected: 'Date of enrolment corrected',
  ProgressionRemoved: 'Progression removed',
  ProgressionRestored: 'Progression restored',
  LearnerDataErased: 'Learner data erased',
};
