import { deliveredExample, learningExample } from '../../../catalogue/examples.ts';
import type { LearningEventType, Status } from '../../../functions/contract/event-parts.ts';
import type { LearningEvent } from '../../../functions/contract/learning-events.ts';

export type EventFacts = { completedAt?: string | null; status?: Status; occurredAt?: string };

/**
 * Returns an event of one progression. `journal` is its journal position, an entry number (with the index 0),
 * or null for an event of a replay from Kombo.
 */
export function eventAt(
  journal: { entry: number; index: number } | number | null,
  type: LearningEventType,
  { completedAt = null, status, occurredAt }: EventFacts = {},
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
      progression: { ...detail.progression, ...(status && { status }), completedAt },
    },
  };
}

/** Returns an event as EventBridge delivers it, live or replayed. */
export function delivered({ type, detail }: LearningEvent, isReplay = false): { [field: string]: unknown } {
  const mark = { id: 'r1', reason: 'a test', consumer: 'certificates' };
  return {
    ...deliveredExample(type, isReplay ? { ...detail, replay: mark } : detail),
    'detail-type': isReplay ? `Replayed${type}` : type,
  };
}
