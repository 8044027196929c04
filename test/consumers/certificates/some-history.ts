import { deliveredExample } from '../../../catalogue/example-events.ts';
import { learningExample } from '../../../catalogue/learning-examples.ts';
import type { LearningEventType, Status } from '../../../functions/contract/event-parts.ts';
import type { LearningEvent } from '../../../functions/contract/learning-events.ts';

const STATUS: Record<LearningEventType, Status> = {
  LearnerEnrolled: 'ENROLLED',
  CourseStarted: 'IN_PROGRESS',
  CourseCompleted: 'COMPLETED',
  CourseRecompleted: 'COMPLETED',
  CompletionCorrected: 'COMPLETED',
  CourseReopened: 'IN_PROGRESS',
  LearnerDropped: 'DROPPED',
  LearnerReenrolled: 'ENROLLED',
  ProgressReset: 'ENROLLED',
  EnrollmentCorrected: 'ENROLLED',
  ProgressionRemoved: 'COMPLETED',
  ProgressionRestored: 'COMPLETED',
  LearnerDataErased: 'COMPLETED',
};

export type EventFacts = { completedAt?: string | null; status?: Status; occurredAt?: string };

/** An event of one progression at a position of the journal; null: as a replay from Kombo sends it. */
export function eventAt(
  journal: { entry: number; index: number } | number | null,
  type: LearningEventType,
  { completedAt = null, status = STATUS[type], occurredAt }: EventFacts = {},
): LearningEvent {
  const { detail } = learningExample(type);
  const position = typeof journal === 'number' ? { entry: journal, index: 0 } : journal;
  const place = position === null ? `kombo/${completedAt}` : `${position.entry}/${position.index}`;
  return {
    type,
    detail: {
      ...detail,
      id: `${detail.integration.id}/${place}`,
      journal: position,
      occurredAt: occurredAt ?? completedAt ?? detail.occurredAt,
      progression: { ...detail.progression, status, completedAt },
    },
  };
}

/** An event as EventBridge delivers it, live or replayed. */
export function delivered({ type, detail }: LearningEvent, isReplay = false): { [field: string]: unknown } {
  const mark = { id: 'r1', reason: 'a test', consumer: 'certificates' };
  return {
    ...deliveredExample(type, isReplay ? { ...detail, replay: mark } : detail),
    'detail-type': isReplay ? `Replayed${type}` : type,
  };
}
