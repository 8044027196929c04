import type { OperationalEvent, OperationalEventType } from '../functions/contract/operational-events.ts';
import type { WorkflowEvent, WorkflowEventType } from '../functions/contract/workflow-events.ts';
import { learningExample } from './learning-examples.ts';

type OtherEvent = OperationalEvent | WorkflowEvent;
type Examples = { [Type in OtherEvent['type']]: Extract<OtherEvent, { type: Type }>['detail'] };

const integration = { id: 'moodle:7C9M5sXAQx2cNMpVHLojrFpL', tool: 'moodle' };
const about = (id: string, at: string) =>
  ({ version: 1, id: `${integration.id}/${id}`, integration, at }) as const;
const { detail: completion } = learningExample('CourseCompleted');
const replay = {
  id: 'b0f5a1c2-7d34-4a0e-9a55-0d6f3c1e2b48',
  reason: 'certificates was down on Tuesday',
  consumer: 'certificates',
};
const certificate = {
  integration,
  certificate: {
    number: '2026-7Q4M-9XKD-20TC',
    bucket: 'schoolbell-certificates',
    key: 'certificates/moodle/7C9M5sXAQx2cNMpVHLojrFpL/9ZpE4wEoF2nKfLpRrKq3Xc1m/2026-7Q4M-9XKD-20TC.pdf',
  },
  progression: { id: completion.progression.id },
  learner: completion.learner,
  course: completion.course,
};

/** A typical event of each other kind. */
const EXAMPLES: Examples = {
  IntegrationBaselined: {
    ...about('baselined/1', '2026-02-01T06:03:00.000Z'),
    baseline: 'silent',
    progressions: 18250,
    watermark: '2026-02-01T06:00:00.000Z',
  },
  IntegrationFailing: {
    ...about('failing/2026-03-05T11:00:00.000Z', '2026-03-05T11:40:00.000Z'),
    since: '2026-03-05T11:00:00.000Z',
    failures: 3,
    error: {
      code: 'INTEGRATION.AUTHENTICATION_INVALID',
      message: 'Kombo cannot sign in to the platform any more: the customer has to connect it again',
      logUrl: null,
    },
  },
  IntegrationRecovered: {
    ...about('recovered/2026-03-05T11:00:00.000Z', '2026-03-05T14:10:00.000Z'),
    failingSince: '2026-03-05T11:00:00.000Z',
  },
  ChangesHeld: {
    ...about('held/2026-05-04T02:00:00.000Z', '2026-05-04T02:00:00.000Z'),
    waiting: {
      total: 6400,
      kinds: { removed: 6400 },
      courses: [{ id: completion.course.id, title: completion.course.title, changes: 6400 }],
      otherCourses: { courses: 0, changes: 0 },
    },
    limit: 1825,
    sample: [completion.progression.id],
  },
  ChangesReleased: {
    ...about('released/2026-05-04T02:00:00.000Z', '2026-05-04T08:30:00.000Z'),
    by: 'discard',
    heldSince: '2026-05-04T02:00:00.000Z',
    waiting: {
      total: 6400,
      kinds: { removed: 6400 },
      courses: [{ id: completion.course.id, title: completion.course.title, changes: 6400 }],
      otherCourses: { courses: 0, changes: 0 },
    },
  },
  ReplayStarted: {
    ...about(`replay/${replay.id}/started`, '2026-04-16T09:00:00.000Z'),
    replay,
    source: 'journal',
    asLive: false,
    from: '2026-04-14T00:00:00.000Z',
    to: '2026-04-15T00:00:00.000Z',
    events: 412,
  },
  ReplayFinished: {
    ...about(`replay/${replay.id}/finished`, '2026-04-16T09:01:10.000Z'),
    replay,
    events: 412,
    published: 412,
    refused: 0,
    missing: 0,
  },
  CertificateIssued: {
    version: 1,
    id: `${certificate.certificate.number}/issued`,
    at: '2026-04-15T08:00:09.000Z',
    ...certificate,
    completedAt: '2026-03-02T09:30:00.000Z',
    cause: { id: completion.id, type: 'CourseCompleted' },
  },
  CertificateRevoked: {
    version: 1,
    id: `${certificate.certificate.number}/revoked`,
    at: '2026-04-20T08:00:09.000Z',
    ...certificate,
    cause: { id: `${integration.id}/1310/0`, type: 'CourseReopened' },
  },
  DigestPrepared: {
    version: 1,
    id: 'digest/learning/2026-04-15T17:00:00.000Z',
    at: '2026-04-15T17:00:04.000Z',
    channel: 'learning',
    events: 57,
    headline: '57 events since the last digest',
    lines: '31 × course completed · Fire safety\n26 × learner enrolled · Working at heights',
  },
};

/** A typical operational or workflow event. */
export function otherExample<Type extends OperationalEventType | WorkflowEventType>(
  type: Type,
): { type: Type; detail: Examples[Type] } {
  return { type, detail: EXAMPLES[type] };
}
