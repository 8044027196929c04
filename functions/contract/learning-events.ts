import * as z from 'zod/mini';
import {
  Course,
  Learner,
  type LearningEventType,
  ProgressionState,
  Replay,
  type Status,
} from './event-parts.ts';
import { described, PositiveNumber, Timestamp, WholeNumber } from './field-types.ts';
import { IntegrationId } from './integration.ts';

/** The fields that an event can list in `changes`. `learner`: the learner's data was erased. */
export const ChangedField = z.enum([
  'remoteId',
  'status',
  'enrolledAt',
  'completedAt',
  'removedAt',
  'learner',
]);
export type ChangedField = z.infer<typeof ChangedField>;

/** The position of an event in the journal of its integration. */
export const JournalPosition = z.object({
  entry: PositiveNumber,
  index: WholeNumber,
});
export type JournalPosition = z.infer<typeof JournalPosition>;

/** The fields that all learning events share, in version 1. */
export const LearningEventDetail = z.object({
  version: z.literal(1),
  id: described(
    z.string(),
    '`<integration>/<entry>/<index>`: the same on each publication of this change; `<integration>/kombo/<progression>/<event>/<time>` if a replay derived the event from what Kombo shows today',
  ),
  integration: z.object({ id: IntegrationId, tool: z.string() }),
  journal: described(
    z.nullable(JournalPosition),
    'The position by which the events of an integration are ordered; null if a replay derived the event from what Kombo shows today',
  ),
  occurredAt: described(
    Timestamp,
    "When the change happened on the learning platform: the platform's own date if there is one, otherwise when Kombo changed the record, otherwise `detectedAt`",
  ),
  detectedAt: described(Timestamp, 'When Schoolbell read the change'),
  progression: ProgressionState,
  previous: described(
    z.nullable(ProgressionState),
    'The state after the previous event of this progression; null for a new progression',
  ),
  changes: z.array(ChangedField),
  learner: Learner,
  course: Course,
  replay: z.optional(Replay),
});
export type LearningEventDetail = z.infer<typeof LearningEventDetail>;

type Statuses = readonly [Status, ...Status[]];

const inStatus = <const These extends Statuses>(statuses: These) =>
  z.extend(ProgressionState, { status: z.enum(statuses) });

const now = <const After extends Statuses>(...after: After) =>
  z.extend(LearningEventDetail, { progression: inStatus(after) });

const from = <const Before extends Statuses, const After extends Statuses>(before: Before, after: After) =>
  z.extend(LearningEventDetail, { progression: inStatus(after), previous: inStatus(before) });

const removed = z.extend(ProgressionState, { removedAt: Timestamp });
const present = z.extend(ProgressionState, { removedAt: z.null() });

/** The schema of each learning event's `detail`. */
export const learningEvents = {
  LearnerEnrolled: now('ENROLLED'),
  CourseStarted: now('IN_PROGRESS'),
  CourseCompleted: now('COMPLETED'),
  CourseRecompleted: from(['COMPLETED'], ['COMPLETED']),
  CompletionCorrected: from(['COMPLETED'], ['COMPLETED']),
  CourseReopened: from(['COMPLETED'], ['ENROLLED', 'IN_PROGRESS']),
  LearnerDropped: now('DROPPED'),
  LearnerReenrolled: from(['DROPPED'], ['ENROLLED', 'IN_PROGRESS']),
  ProgressReset: from(['IN_PROGRESS'], ['ENROLLED']),
  EnrollmentCorrected: z.extend(LearningEventDetail, { previous: ProgressionState }),
  ProgressionRemoved: z.extend(LearningEventDetail, { progression: removed, previous: present }),
  ProgressionRestored: z.extend(LearningEventDetail, { progression: present, previous: removed }),
  LearnerDataErased: z.extend(LearningEventDetail, { previous: ProgressionState }),
} satisfies Record<LearningEventType, z.ZodMiniType<LearningEventDetail>>;

export const learningMeanings: Record<LearningEventType, string> = {
  LearnerEnrolled:
    'A progression with the status enrolled is seen for the first time. The enrolment may be long ago: see `enrolledAt`.',
  CourseStarted:
    'A learner started a course. The progression is seen for the first time, or was enrolled before.',
  CourseCompleted:
    'A learner completed a course. The progression is seen for the first time, or had another status before.',
  CourseRecompleted:
    'A learner completed a course again more than 24 hours after the last completion: a renewed certification.',
  CompletionCorrected: 'The date of a completion changed, but not to a date more than 24 hours later.',
  CourseReopened:
    'The status of a progression changed from completed to enrolled or in progress: a retake, or a correction.',
  LearnerDropped:
    'A learner dropped a course. The progression is seen for the first time, or had any other status before.',
  LearnerReenrolled: 'The status of a progression changed from dropped to enrolled or in progress.',
  ProgressReset: 'The status of a progression changed from in progress to enrolled.',
  EnrollmentCorrected: 'Only the enrolment date of a progression changed.',
  ProgressionRemoved: 'The progression was removed from the learning platform.',
  ProgressionRestored: 'A removed progression exists on the learning platform again.',
  LearnerDataErased: "The learner's data in a removed progression was erased.",
};

/** A learning event as it is passed to the publisher. */
export type LearningEvent = { type: LearningEventType; detail: LearningEventDetail };
