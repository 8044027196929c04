/** The package `schoolbell-consumer`: everything that a consumer needs to read Schoolbell's events. */
export {
  Course,
  Learner,
  LearningEventType,
  ProgressionState,
  Replay,
  Status,
} from '../../functions/contract/event-parts.ts';
export {
  type ChangedField,
  JournalPosition,
  LearningEventDetail,
} from '../../functions/contract/learning-events.ts';
export { EVENT_SOURCE } from '../../functions/contract/names.ts';
export type { OperationalEventType } from '../../functions/contract/operational-events.ts';
export type { EventDetail, EventType } from '../../functions/contract/published-events.ts';
export { type Ordered, type Positions, positionOf, streamOf, unlessOutdated } from './journal-order.ts';
export {
  type Delivered,
  type EventHandlers,
  eventHandler,
  is,
  type Parsed,
  parse,
  parseLearningEvent,
  UnexpectedEventError,
} from './parse.ts';
