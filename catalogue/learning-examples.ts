import type { LearningEventType, ProgressionState } from '../functions/contract/event-parts.ts';
import type { LearningEvent } from '../functions/contract/learning-events.ts';
import { decideEvents } from '../functions/core/decide/decide-events.ts';
import { eventsOfEntry } from '../functions/core/decide/events-of-entry.ts';
import type { KnownProgression, ObservedProgression } from '../functions/core/state/progression.ts';

const BLANK: ProgressionState = {
  id: '9ZpE4wEoF2nKfLpRrKq3Xc1m',
  remoteId: '5417',
  status: 'ENROLLED',
  enrolledAt: '2026-02-02T08:00:00.000Z',
  completedAt: null,
  changedAt: '2026-02-02T08:00:12.000Z',
  removedAt: null,
};
const LEARNER = { id: 'B7sQ2tWmYd4nVhJ6kXzR1c9p', remoteId: '32' };
const COURSE = {
  id: 'C3vN8yTgHb5rMqL2wZxK7d4f',
  remoteId: '7',
  revisionId: 'D1jP6uXcSa9eRtK4mVyB8h3g',
  revisionRemoteId: '7-2',
};
const TITLE = 'Fire safety';
const NO_ONE = { firstName: null, lastName: null, email: null };

const started = { status: 'IN_PROGRESS', changedAt: '2026-02-10T13:20:05.000Z' } as const;
const completed = {
  status: 'COMPLETED',
  completedAt: '2026-03-02T09:30:00.000Z',
  changedAt: '2026-03-02T09:30:41.000Z',
} as const;
const dropped = { status: 'DROPPED', changedAt: '2026-02-20T10:00:00.000Z' } as const;
const removed = { removedAt: '2026-04-01T00:15:00.000Z', changedAt: '2026-04-01T00:15:00.000Z' } as const;
const later = { changedAt: '2026-04-02T07:45:30.000Z' } as const;

type Scene = { before: Partial<ProgressionState> | null; now: Partial<ProgressionState>; erased?: true };

/** What was known and what Kombo shows now, for a typical event of each kind. */
const SCENES: Record<LearningEventType, Scene> = {
  LearnerEnrolled: { before: null, now: {} },
  CourseStarted: { before: {}, now: started },
  CourseCompleted: { before: started, now: completed },
  CourseRecompleted: {
    before: completed,
    now: { ...completed, ...later, completedAt: '2026-04-02T07:45:00.000Z' },
  },
  CompletionCorrected: {
    before: completed,
    now: { ...completed, ...later, completedAt: '2026-03-01T17:00:00.000Z' },
  },
  CourseReopened: { before: completed, now: { ...completed, ...later, status: 'IN_PROGRESS' } },
  LearnerDropped: { before: started, now: dropped },
  LearnerReenrolled: {
    before: dropped,
    now: { ...later, status: 'ENROLLED', enrolledAt: '2026-04-02T07:45:00.000Z' },
  },
  ProgressReset: { before: started, now: later },
  EnrollmentCorrected: { before: {}, now: { ...later, enrolledAt: '2026-01-26T08:00:00.000Z' } },
  ProgressionRemoved: { before: completed, now: { ...completed, ...removed } },
  ProgressionRestored: { before: { ...completed, ...removed }, now: { ...completed, ...later } },
  LearnerDataErased: { before: { ...completed, ...removed }, now: {}, erased: true },
};

/** The event that the core publishes for a typical change of this kind. */
export function learningExample(type: LearningEventType): LearningEvent {
  const { before, now, erased } = SCENES[type];
  const detectedAt = '2026-04-15T08:00:07.000Z';
  const record = erased ? erasedNow() : observed(now);
  const change = decideEvents(before === null ? null : known(before), record, detectedAt);
  if (change === null) throw new Error(`The scene of ${type} shows no change`);
  const [event, ...others] = eventsOfEntry(
    {
      integration: 'moodle:7C9M5sXAQx2cNMpVHLojrFpL',
      number: 1204,
      detectedAt,
      mode: 'incremental',
      updatedAfter: null,
      writer: 'catalogue',
      changes: [change],
      tally: { firstSeen: 0, suspect: 0, decided: 0, missed: 0 },
    },
    null,
  );
  if (event?.type !== type || others.length > 0) throw new Error(`The scene of ${type} shows something else`);
  return event;
}

function known(state: Partial<ProgressionState>): KnownProgression {
  return {
    state: { ...BLANK, ...state },
    learner: LEARNER,
    course: COURSE,
    erased: false,
    discarded: null,
    unpublishedRemoval: null,
    entry: 1180,
  };
}

function observed(state: Partial<ProgressionState>): ObservedProgression {
  return {
    state: { ...BLANK, ...state },
    removed: (state.removedAt ?? null) !== null,
    unknownStatus: null,
    learner: LEARNER,
    learnerDetails: NO_ONE,
    namesBlank: false,
    course: { ...COURSE, title: TITLE },
    erased: false,
  };
}

/** What Kombo shows 14 days after a removal: the id. */
function erasedNow(): ObservedProgression {
  const nothing = {
    remoteId: null,
    status: null,
    enrolledAt: null,
    completedAt: null,
    changedAt: null,
    removedAt: null,
  };
  return {
    state: { id: BLANK.id, ...nothing },
    removed: false,
    unknownStatus: null,
    learner: { id: null, remoteId: null },
    learnerDetails: NO_ONE,
    namesBlank: true,
    course: { id: null, remoteId: null, revisionId: null, revisionRemoteId: null, title: null },
    erased: true,
  };
}
