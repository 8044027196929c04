import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { EventType } from '../../functions/contract/published-events.ts';
import type { AnyBus } from '../../infra/constructs/shared-props.ts';
import { ConsumerRule, type Target } from '../deploy/consumer-rule.ts';
import { type EventFilter, eventPattern } from './event-pattern.ts';

export type { ConsumerRule, Delivery, Target } from '../deploy/consumer-rule.ts';

export type OnEventProps<Type extends EventType> = EventFilter<Type> & {
  bus: AnyBus;
  /** The name of the consumer. A replay can be addressed to it (`schoolbell replay --consumer NAME`). */
  consumer: string;
  /** The construct id, by default `On<Event>`. Set it if one scope has several rules for the same event. */
  id?: string;
  /** The dead-letter queue. By default the rule has its own. */
  deadLetters?: IQueue;
  /** The KMS key of the dead-letter queue that the rule creates. By default SQS's own key. */
  encryptionKey?: IKey | undefined;
};

/**
 * Creates a rule of a named consumer for one event type, with a dead-letter queue and a retry policy. It
 * matches live events, and replays that are addressed to this consumer or to all consumers.
 */
export function onEvent<Type extends EventType>(
  scope: Construct,
  type: Type,
  { bus, consumer, id = `On${type}`, deadLetters, encryptionKey, ...filter }: OnEventProps<Type>,
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
      encryptionKey,
    },
    target,
  );
}
