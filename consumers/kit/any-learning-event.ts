import type { LearningEventType } from '../../functions/contract/learning-event-type.ts';
import { deliveredFrom } from './delivered.ts';
import {
  parseCompletionCorrected,
  parseCourseCompleted,
  parseCourseRecompleted,
  parseCourseReopened,
  parseCourseStarted,
  parseEnrollmentCorrected,
  parseLearnerDataErased,
  parseLearnerDropped,
  parseLearnerEnrolled,
  parseLearnerReenrolled,
  parseProgressionRemoved,
  parseProgressionRestored,
  parseProgressReset,
} from './learning.ts';
import { UnexpectedEventError } from './parser.ts';

/** The parser of each learning event, by its name. */
const parsers = {
  LearnerEnrolled: parseLearnerEnrolled,
  CourseStarted: parseCourseStarted,
  CourseCompleted: parseCourseCompleted,
  CourseRecompleted: parseCourseRecompleted,
  CompletionCorrected: parseCompletionCorrected,
  CourseReopened: parseCourseReopened,
  LearnerDropped: parseLearnerDropped,
  LearnerReenrolled: parseLearnerReenrolled,
  ProgressReset: parseProgressReset,
  EnrollmentCorrected: parseEnrollmentCorrected,
  ProgressionRemoved: parseProgressionRemoved,
  ProgressionRestored: parseProgressionRestored,
  LearnerDataErased: parseLearnerDataErased,
} satisfies Record<LearningEventType, unknown>;

/** Any learning event, parsed: `type` says which one it is, and so what `detail` has. */
export type ReceivedLearningEvent = ReturnType<(typeof parsers)[keyof typeof parsers]>;

/**
 * Parses any learning event, live or replayed: `switch` on its `type`.
 *
 * @throws UnexpectedEventError for an event that is none
 */
export function parseLearningEvent(event: unknown): ReceivedLearningEvent {
  const name = deliveredFrom(event)['detail-type'].replace(/^Replayed/, '');
  if (!isName(name)) throw new UnexpectedEventError(`${name} is no learning event: check the rule's pattern`);
  return parsers[name](event);
}

function isName(name: string): name is keyof typeof parsers {
  return Object.hasOwn(parsers, name);
}
