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
    '`<integration>/<entry>/<index>`: the same each time this change is published; `<integration>/kombo/<progression>/<event>/<time>` where it was only derived from Kombo',
  ),
  integration: z.object({ id: IntegrationId, tool: z.string() }),
  journal: described(
    z.nullable(JournalPosition),
    'Orders the events of one integration; null on a replay of what was only derived from Kombo',
  ),
  occurredAt: described(Timestamp, 'When it happened in the learning platform, as best known'),
  detectedAt: described(Timestamp, 'When Schoolbell saw it'),
  progression: ProgressionState,
  previous: described(
    z.nullable(ProgressionState),
    'The state after the event before this one; null at first sight',
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

/** What each event means, in one sentence. */
export const learningMeanings: Record<LearningEventType, string> = {
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
};

/** A learning event as it is passed to the publisher. */
export type LearningEvent = { type: LearningEventType; detail: LearningEventDetail };
