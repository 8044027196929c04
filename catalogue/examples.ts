import type { LearningEventType, ProgressionState } from '../functions/contract/event-parts.ts';
import { type LearningEvent, learningEvents } from '../functions/contract/learning-events.ts';
import { EVENT_SOURCE } from '../functions/contract/names.ts';
import type { EventDetail, EventType } from '../functions/contract/published-events.ts';
import { decideEvents } from '../functions/core/decide/decide-events.ts';
import { eventsOfEntry } from '../functions/core/decide/events-of-entry.ts';

const integration = { id: 'moodle:7C9M5sXAQx2cNMpVHLojrFpL', tool: 'moodle' };
const learner = { id: 'B7sQ2tWmYd4nVhJ6kXzR1c9p', remoteId: '32' };
const course = {
  id: 'C3vN8yTgHb5rMqL2wZxK7d4f',
  remoteId: '7',
  revisionId: 'D1jP6uXcSa9eRtK4mVyB8h3g',
  revisionRemoteId: '7-2',
};
const title = 'Fire safety';

const enrolled: ProgressionState = {
  id: '9ZpE4wEoF2nKfLpRrKq3Xc1m',
  remoteId: '5417',
  status: 'ENROLLED',
  enrolledAt: '2026-02-02T08:00:00.000Z',
  completedAt: null,
  changedAt: '2026-02-02T08:00:12.000Z',
  removedAt: null,
};
const started = { ...enrolled, status: 'IN_PROGRESS', changedAt: '2026-02-10T13:20:05.000Z' } as const;
const dropped = { ...enrolled, status: 'DROPPED', changedAt: '2026-02-20T10:00:00.000Z' } as const;
const completed = {
  ...enrolled,
  status: 'COMPLETED',
  completedAt: '2026-03-02T09:30:00.000Z',
  changedAt: '2026-03-02T09:30:41.000Z',
} as const;
const removedAt = '2026-04-01T00:15:00.000Z';
const removed = { ...completed, removedAt, changedAt: removedAt };
const changedAt = '2026-04-02T07:45:30.000Z';
const later = '2026-04-02T07:45:00.000Z';

type Scene = { before: ProgressionState | null; now: ProgressionState; isAnonymised?: true };

/** The state that was known before a typical event, and the state that Kombo shows now. */
const SCENES: Record<LearningEventType, Scene> = {
  LearnerEnrolled: { before: null, now: enrolled },
  CourseStarted: { before: enrolled, now: started },
  CourseCompleted: { before: started, now: completed },
  CourseRecompleted: { before: completed, now: { ...completed, changedAt, completedAt: later } },
  CompletionCorrected: {
    before: completed,
    now: { ...completed, changedAt, completedAt: '2026-03-01T17:00:00.000Z' },
  },
  CourseReopened: { before: completed, now: { ...completed, changedAt, status: 'IN_PROGRESS' } },
  LearnerDropped: { before: started, now: dropped },
  LearnerReenrolled: { before: dropped, now: { ...enrolled, changedAt, enrolledAt: later } },
  ProgressReset: { before: started, now: { ...enrolled, changedAt } },
  EnrollmentCorrected: {
    before: enrolled,
    now: { ...enrolled, changedAt, enrolledAt: '2026-01-26T08:00:00.000Z' },
  },
  ProgressionRemoved: { before: completed, now: removed },
  ProgressionRestored: { before: removed, now: { ...completed, changedAt } },
  LearnerDataErased: { before: removed, now: removed, isAnonymised: true },
};

/** Returns the event that the core publishes for a typical change. */
export function learningExample(type: LearningEventType): LearningEvent {
  const { before, now, isAnonymised = false } = SCENES[type];
  const detectedAt = '2026-04-15T08:00:07.000Z';
  const unchanged = { learner, erased: false, discarded: null, unpublishedRemoval: null, entry: 1180 };
  const change = decideEvents(
    before === null ? null : { ...unchanged, state: before, course },
    {
      state: now,
      removed: now.removedAt !== null,
      unknownStatus: null,
      learner,
      learnerDetails: { firstName: null, lastName: null, email: null },
      namesBlank: isAnonymised,
      course: { ...course, title: isAnonymised ? null : title },
      erased: false,
    },
    detectedAt,
  );
  if (change === null) throw new Error(`The example data for ${type} contains no change`);
  const [event, ...others] = eventsOfEntry(
    {
      integration: integration.id,
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
  if (event?.type !== type || others.length > 0)
    throw new Error(
      `The example data for ${type} must give exactly one ${type} event, but gives other events`,
    );
  return event;
}

const operational = (id: string, at: string) =>
  ({ version: 1, id: `${integration.id}/${id}`, integration, at }) as const;
const failingSince = '2026-03-05T11:00:00.000Z';
const heldSince = '2026-05-04T02:00:00.000Z';
const waiting = {
  total: 6400,
  kinds: { removed: 6400 },
  courses: [{ id: course.id, title, changes: 6400 }],
  otherCourses: { courses: 0, changes: 0 },
};
const replay = {
  id: 'b0f5a1c2-7d34-4a0e-9a55-0d6f3c1e2b48',
  reason: 'the certificates consumer was down on Tuesday',
  consumer: 'certificates',
};
const number = '2026-7Q4M-9XKD-20TC';
const certificate = (what: string, at: string) =>
  ({
    version: 1,
    id: `${number}/${what}`,
    at,
    integration,
    certificate: {
      number,
      bucket: 'schoolbell-certificates',
      key: `certificates/moodle/7C9M5sXAQx2cNMpVHLojrFpL/${enrolled.id}/${number}.pdf`,
    },
    progression: { id: enrolled.id },
    learner,
    course: { ...course, title },
  }) as const;

/** A typical detail for each event that is not a learning event. */
const OTHERS: { [Type in Exclude<EventType, LearningEventType>]: EventDetail<Type> } = {
  IntegrationBaselined: {
    ...operational('baselined/2026-02-01T05:55:00.000Z', '2026-02-01T06:03:00.000Z'),
    baseline: 'silent',
    progressions: 18250,
    watermark: '2026-02-01T06:00:00.000Z',
  },
  IntegrationFailing: {
    ...operational(`failing/${failingSince}`, '2026-03-05T11:40:00.000Z'),
    since: failingSince,
    failures: 3,
    error: {
      code: 'INTEGRATION.AUTHENTICATION_INVALID',
      message: 'Kombo cannot sign in to the platform any more: the customer has to connect it again',
      logUrl: null,
    },
  },
  IntegrationRecovered: {
    ...operational(`recovered/${failingSince}`, '2026-03-05T14:10:00.000Z'),
    failingSince,
  },
  ChangesHeld: {
    ...operational(`held/${heldSince}`, heldSince),
    waiting,
    limit: 1825,
    sample: [enrolled.id],
  },
  ChangesReleased: {
    ...operational(`released/${heldSince}`, '2026-05-04T08:30:00.000Z'),
    by: 'discard',
    heldSince,
    waiting,
  },
  ReplayStarted: {
    ...operational(`replay/${replay.id}/started`, '2026-04-16T09:00:00.000Z'),
    replay,
    source: 'journal',
    asLive: false,
    from: '2026-04-14T00:00:00.000Z',
    to: '2026-04-15T00:00:00.000Z',
    events: 412,
  },
  ReplayFinished: {
    ...operational(`replay/${replay.id}/finished`, '2026-04-16T09:01:10.000Z'),
    replay,
    events: 412,
    published: 412,
    refused: 0,
    missing: 0,
  },
  CertificateIssued: {
    ...certificate('issued', '2026-04-15T08:00:09.000Z'),
    completedAt: completed.completedAt,
    cause: { id: `${integration.id}/1204/0`, type: 'CourseCompleted' },
  },
  CertificateRevoked: {
    ...certificate('revoked', '2026-04-20T08:00:09.000Z'),
    cause: { id: `${integration.id}/1310/0`, type: 'CourseReopened' },
  },
  DigestPrepared: {
    version: 1,
    id: 'digest/learning/2026-04-15T17:00:00.000Z',
    at: '2026-04-15T17:00:04.000Z',
    channel: 'learning',
    events: 57,
    headline: '57 events since the last digest',
    lines: '31 × Course completed · Fire safety\n26 × Enrolled in a course · Working at heights',
  },
};

export function exampleOf(type: EventType): { type: EventType; detail: object } {
  return isLearning(type) ? learningExample(type) : { type, detail: OTHERS[type] };
}

/** Returns a typical event as EventBridge delivers it. */
export function deliveredExample(type: EventType, detail: object = exampleOf(type).detail): object {
  return {
    version: '0',
    id: '3b1f8b1e-5d0c-4b52-9d0a-7e1f2c3d4e5f',
    'detail-type': type,
    source: EVENT_SOURCE,
    account: '123456789012',
    time: '2026-04-15T08:00:07Z',
    region: 'eu-central-1',
    resources: [],
    detail,
  };
}

function isLearning(type: EventType): type is LearningEventType {
  return Object.hasOwn(learningEvents, type);
}
