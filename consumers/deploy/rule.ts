import type { EventPattern } from '../kit/event-pattern.ts';
import type { InputTransformer } from './input-transformer.ts';

/** A rule as it is deployed, and as it is played on one machine. */
export type Rule = {
  name: string;
  pattern: EventPattern;
  /** What the target gets; the event as it is when null. */
  transformer: InputTransformer | null;
};
