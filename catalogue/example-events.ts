import type { LearningEventType } from '../functions/contract/event-parts.ts';
import { learningEvents } from '../functions/contract/learning-events.ts';
import { EVENT_SOURCE } from '../functions/contract/names.ts';
import type { EventType } from '../functions/contract/published-events.ts';
import { learningExample } from './learning-examples.ts';
import { otherExample } from './other-examples.ts';

/** A typical event: learning events are those that the core publishes for a typical change. */
export function exampleOf(type: EventType): { type: EventType; detail: object } {
  return isLearning(type) ? learningExample(type) : otherExample(type);
}

/** The same as EventBridge delivers it. */
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
