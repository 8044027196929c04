import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import type { LearningEvent } from '../../contract/learning-events.ts';
import { EVENT_SOURCE } from '../../contract/names.ts';
import type { OperationalEvent } from '../../contract/operational-events.ts';
import type { WorkflowEvent } from '../../contract/workflow-events.ts';

/**
 * A learning event as an entry of `PutEvents`. One that is sent again for a replay has the detail-type
 * `Replayed<Event>`, so that rules for live events stay silent.
 */
export function learningEntry({ type, detail }: LearningEvent, bus: string): PutEventsRequestEntry {
  const detailType = detail.replay === undefined ? type : `Replayed${type}`;
  return entry(bus, detailType, detail, detail.detectedAt);
}

/** An operational event, or one of a workflow, as an entry of `PutEvents`. */
export function operationalEntry(
  { type, detail }: OperationalEvent | WorkflowEvent,
  bus: string,
): PutEventsRequestEntry {
  return entry(bus, type, detail, detail.at);
}

function entry(bus: string, detailType: string, detail: object, time: string): PutEventsRequestEntry {
  return {
    EventBusName: bus,
    Source: EVENT_SOURCE,
    DetailType: detailType,
    Detail: JSON.stringify(detail),
    Time: new Date(time),
  };
}
