import * as z from 'zod';
import { Course } from './course.ts';
import { IntegrationId } from './integration-id.ts';
import { Learner } from './learner.ts';
import type { LearningEventType } from './learning-event-type.ts';
import { ProgressionState, type Status } from './progression-state.ts';
import { Replay } from './replay.ts';
import { Timestamp } from './timestamp.ts';

/** The fields whose difference an event reports in `changes`. `learner`: the learner's data was erased. */
export const ChangedField = z.enum([
  'remoteId',
  'status',
  'enrolledAt',
  'completedAt',
  'removedAt',
  'learner',
]);
export type ChangedField = z.infer<typeof ChangedField>;

/** Where an event stands in the journal of its integration. */
export const JournalPlace = z.object({ entry: z.int().positive(), index: z.int().nonnegative() });
export type JournalPlace = z.infer<typeof JournalPlace>;

/** What all learning events share, in version 1. */
export const LearningEventDetail = z.object({
  version: z.literal(1),
  id: z
    .string()
    .describe(
      '`<integration>/<entry>/<index>`: the same each time this change is published; `<integration>/kombo/<progression>/<event>/<time>` where it was only derived from Kombo',
    ),
  integration: z.object({ id: IntegrationId, tool: z.string() }),
  journal: JournalPlace.nullable().describe(
    'Orders the events of one integration; null on a replay of what was only derived from Kombo',
  ),
  occurredAt: Timestamp.describe('When it happened in the learning platform, as best known'),
  detectedAt: Timestamp.describe('When Schoolbell saw it'),
  progression: ProgressionState,
  previous: ProgressionState.nullable().describe(
    'The state after the event before this one; null at first sight',
  ),
  changes: z.array(ChangedField),
  learner: Learner,
  course: Course,
  replay: Replay.optional(),
});
export type LearningEventDetail = z.infer<typeof LearningEventDetail>;

type Statuses = readonly [Status, ...Status[]];

const inStatus = <const These extends Statuses>(statuses: These) =>
  ProgressionState.extend({ status: z.enum(statuses) });

const now = <const After extends Statuses>(...after: After) =>
  LearningEventDetail.extend({ progression: inStatus(after) });

const from = <const Before extends Statuses, const After extends Statuses>(before: Before, after: After) =>
  LearningEventDetail.extend({ progression: inStatus(after), previous: inStatus(before) });

const removed = ProgressionState.extend({ removedAt: Timestamp });
const present = ProgressionState.extend({ removedAt: z.null() });

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
  EnrollmentCorrected: LearningEventDetail.extend({ previous: ProgressionState }),
  ProgressionRemoved: LearningEventDetail.extend({ progression: removed, previous: present }),
  ProgressionRestored: LearningEventDetail.extend({ progression: present, previous: removed }),
  LearnerDataErased: LearningEventDetail.extend({ previous: ProgressionState }),
} satisfies Record<LearningEventType, z.ZodType<LearningEventDetail>>;

/** A learning event as it is handed to the publisher. */
export type LearningEvent = { type: LearningEventType; detail: LearningEventDetail };
