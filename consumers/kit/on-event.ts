import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EventType } from '../../functions/contract/published-events.ts';
import { type AnyBus, ConsumerRule, type Target } from '../deploy/consumer-rule.ts';
import { type EventFilter, eventPattern } from './event-pattern.ts';

export type OnEventProps<Type extends EventType> = EventFilter<Type> & {
  bus: AnyBus;
  /** Names the consumer: replays can be addressed to it (`schoolbell replay --consumer NAME`). */
  consumer: string;
  /** For several rules on the same event in one scope. By default `On<Event>`. */
  id?: string;
  /** By default the rule has a queue of its own. */
  deadLetters?: IQueue;
};

/**
 * A rule for one event. It belongs to a named consumer and takes the live events, the replays addressed to this consumer
 * and the replays for everyone. It has a dead-letter queue and a retry policy.
 */
export function onEvent<Type extends EventType>(
  scope: Construct,
  type: Type,
  { bus, consumer, id = `On${type}`, deadLetters, ...filter }: OnEventProps<Type>,
  target: Target,
): ConsumerRule {
  return new ConsumerRule(
    scope,
    id,
    {
      bus,
      pattern: eventPattern<Type>([type], consumer, filter),
      description: `Schoolbell: ${type} for ${consumer}`,
      ...(deadLetters && { deadLetters }),
    },
    target,
  );
}
