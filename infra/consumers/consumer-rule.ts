import { Duration, Stack } from 'aws-cdk-lib';
import { CfnRule, type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventPattern } from '../../rules/event-pattern.ts';
import { DeadLetters } from '../constructs/queue-with-dead-letters.ts';
import type { AnyBus } from './any-bus.ts';

/** How a target gets its events: tried for a day, and what could not be delivered is kept for two weeks. */
export type Delivery = { deadLetterQueue: IQueue; retryAttempts: number; maxEventAge: Duration };

/** Where events go: a function, a queue, or any target of EventBridge that is given how to deliver. */
export type Target = IFunction | IQueue | ((delivery: Delivery) => IRuleTarget);

/** EventBridge's own limits, written down. */
const RETRIES = 185;
const PATIENCE = Duration.hours(24);

export type ConsumerRuleProps = {
  bus: AnyBus;
  pattern: EventPattern;
  description: string;
  /** One for several rules; each has its own by default. */
  deadLetters?: IQueue;
};

/** A rule with a dead-letter queue and a retry policy: what cannot be delivered is never lost without a trace. */
export class ConsumerRule extends Construct {
  readonly rule: Rule;
  readonly deadLetters: IQueue;

  constructor(
    scope: Construct,
    id: string,
    { bus, pattern, description, deadLetters }: ConsumerRuleProps,
    target: Target,
  ) {
    super(scope, id);
    this.deadLetters = deadLetters ?? new DeadLetters(this, 'DeadLetters');
    this.rule = new Rule(this, 'Rule', {
      eventBus: bus,
      description,
      eventPattern: { source: pattern.source },
    });
    this.#writeAsText(pattern);
    this.rule.addTarget(this.#targetOf(target));
  }

  /**
   * CloudFormation refuses null in a template, which a pattern may ask for; in a JSON text it may stand.
   * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-null-values.html
   */
  #writeAsText(pattern: EventPattern): void {
    const resource = this.rule.node.defaultChild;
    if (!(resource instanceof CfnRule)) throw new Error('The CDK makes no rule of CloudFormation here');
    resource.addPropertyOverride('EventPattern', Stack.of(this).toJsonString(pattern));
  }

  #targetOf(target: Target): IRuleTarget {
    const deadLetterQueue = this.deadLetters;
    const delivery = { deadLetterQueue, retryAttempts: RETRIES, maxEventAge: PATIENCE };
    if (typeof target === 'function') return target(delivery);
    if ('queueUrl' in target) return new SqsQueue(target, delivery);
    // EventBridge's queue is for events that Lambda does not take; those on which the function fails go there, too.
    if (target.node.tryFindChild('EventInvokeConfig') === undefined) {
      target.configureAsyncInvoke({ onFailure: new SqsDestination(deadLetterQueue), retryAttempts: 2 });
    }
    return new LambdaFunction(target, delivery);
  }
}
