import type { LearningEvent } from '../../../functions/contract/learning-events.ts';
import type { OperationalEvent } from '../../../functions/contract/operational-events.ts';
import type { WorkflowEvent } from '../../../functions/contract/workflow-events.ts';

/**
 * Returns a `LearnerEnrolled` event of a progression. `title` is the title of the course, to make events of a
 * given size.
 */
export function someEvent(progression: string, index: number, title = 'Fire safety'): LearningEvent {
  return {
    type: 'LearnerEnrolled',
    detail: {
      version: 1,
      id: `moodle:school/1/${index}`,
      integration: { id: 'moodle:school', tool: 'moodle' },
      journal: { entry: 1, index },
      occurredAt: '2026-03-01T09:00:00.000Z',
      detectedAt: '2026-03-01T09:30:00.750Z',
      progression: {
        id: progression,
        remoteId: null,
        status: 'ENROLLED',
        enrolledAt: '2026-03-01T09:00:00.000Z',
        completedAt: null,
        changedAt: '2026-03-01T09:00:00.000Z',
        removedAt: null,
      },
      previous: null,
      changes: ['status', 'enrolledAt'],
      learner: { id: 'learner-1', remoteId: null, email: 'ada@example.com' },
      course: { id: 'course-1', remoteId: null, revisionId: 'revision-1', revisionRemoteId: null, title },
    },
  };
}

/** Returns `count` events, each of a different progression. */
export function someEvents(count: number): LearningEvent[] {
  return Array.from({ length: count }, (_, index) => someEvent(`progression-${index}`, index));
}

export const someOperationalEvent: OperationalEvent = {
  type: 'IntegrationRecovered',
  detail: {
    version: 1,
    id: 'moodle:school/recovered/1',
    integration: { id: 'moodle:school', tool: 'moodle' },
    at: '2026-03-01T10:00:00.000Z',
    failingSince: '2026-03-01T09:00:00.000Z',
  },
};

export const someWorkflowEvent: WorkflowEvent = {
  type: 'DigestPrepared',
  detail: {
    version: 1,
    id: 'digest/1',
    at: '2026-03-01T10:00:00.000Z',
    channel: 'staff',
    events: 1,
    headline: '1 event',
    lines: '1 course completed',
  },
};
