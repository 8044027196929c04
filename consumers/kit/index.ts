/** Everything that a consumer needs to read events: `schoolbell-consumer`. */
export { Course, Learner, Replay } from '../../functions/contract/event-parts.ts';
export { LearningEventType } from '../../functions/contract/learning-event-type.ts';
export {
  type ChangedField,
  JournalPosition,
  LearningEventDetail,
} from '../../functions/contract/learning-events.ts';
export { EVENT_SOURCE } from '../../functions/contract/names.ts';
export type { OperationalEventType } from '../../functions/contract/operational-events.ts';
export { ProgressionState, Status } from '../../functions/contract/progression-state.ts';
export type { EventDetail, EventType } from '../../functions/contract/published-events.ts';
export { parseLearningEvent, type ReceivedLearningEvent } from './any-learning-event.ts';
export type { Delivered } from './delivered.ts';
export { type Ordered, type Positions, positionOf, storyOf, unlessOutdated } from './journal-order.ts';
export * from './learning.ts';
export * from './operational.ts';
export { type Received, UnexpectedEventError } from './parser.ts';
