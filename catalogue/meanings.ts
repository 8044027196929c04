import type { EventType } from '../functions/contract/published-events.ts';

const MEANINGS: Record<EventType, string> = {
  LearnerEnrolled:
    'A learner is seen in a course for the first time, as enrolled. The enrolment may be long ago: see `enrolledAt`.',
  CourseStarted: 'A learner is in progress with a course: seen for the first time, or enrolled before.',
  CourseCompleted: 'A learner completed a course: seen for the first time, or with another status before.',
  CourseRecompleted: 'A learner completed a course again, more than a day later: a renewed certification.',
  CompletionCorrected: 'The date of a completion was corrected.',
  CourseReopened: 'A completed course is open again: a retake, or a correction.',
  LearnerDropped:
    'A learner dropped a course: seen for the first time, or with another status before, completed included.',
  LearnerReenrolled: 'A learner who had dropped a course is enrolled or in progress again.',
  ProgressReset: 'A learner who had begun a course is back to enrolled.',
  EnrollmentCorrected: 'Only the date of an enrolment changed.',
  ProgressionRemoved: 'The progression disappeared from the learning platform.',
  ProgressionRestored: 'A removed progression is back.',
  LearnerDataErased: 'The fields of a removed progression were erased.',
  IntegrationBaselined: 'The first sync of an integration is done: from now on changes are published.',
  IntegrationFailing: 'Polls of an integration keep failing. Published once per episode.',
  IntegrationRecovered: 'Polls of an integration that was failing succeed again.',
  ChangesHeld: 'A mass change waits for a person to release or discard it.',
  ChangesReleased: 'What was held is let through, discarded, or went away by itself.',
  ReplayStarted: 'A replay begins.',
  ReplayFinished: 'A replay ended.',
  CertificateIssued:
    'A certificate was issued and stored; it may replace an earlier one. Only with the certificates stack.',
  CertificateRevoked:
    'A certificate was revoked, because its course is no longer completed. Only with the certificates stack.',
  DigestPrepared: "A day's digest is ready to be posted. Only with a digest.",
};

/** What an event means, in one sentence. */
export function meaningOf(type: EventType): string {
  return MEANINGS[type];
}
