import { Duration, Stack } from 'aws-cdk-lib';
import {
  CfnRule,
  type EventBus,
  type IEventBus,
  type IRuleTarget,
  Rule,
  RuleTargetInput,
  type RuleTargetInputProperties,
} from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DeadLetters } from '../../infra/constructs/queues.ts';
import { dividePattern, type EventPattern } from '../kit/event-pattern.ts';
import type { InputTransformer } from './input-transformer.ts';

/** A bus of this app or another one. The CDK's class does not quite fit its own interface under strict options. */
export type AnyBus = IEventBus | EventBus;

/** How long EventBridge tries a target. After that, the dead-letter queue keeps the event for two weeks. */
export type Delivery = { retryAttempts: number; maxEventAge: Duration };

/** Where events go: a function, a queue, or any target of EventBridge, made with these retries. */
export type Target = IFunction | IQueue | ((delivery: Delivery) => IRuleTarget);

/** EventBridge's own defaults, written down. */
const DELIVERY: Delivery = { retryAttempts: 185, maxEventAge: Duration.hours(24) };

export type ConsumerRuleProps = {
  bus: AnyBus;
  pattern: EventPattern;
  description: string;
  /** What the target gets instead of the event. */
  transformer?: InputTransformer | null;
  /** One for several rules; each has its own by default. */
  deadLetters?: IQueue;
};

/**
 * A rule with a retry policy and a dead-letter queue for what cannot be delivered. Where the pattern is too long for
 * EventBridge, there are several rules, and an event matches one of them.
 */
export class ConsumerRule extends Construct {
  readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string, props: ConsumerRuleProps, target: Target) {
    super(scope, id);
    const { bus, pattern, description, transformer, deadLetters } = props;
    this.deadLetters = deadLetters ?? new DeadLetters(this, 'DeadLetters');
    admitRules(this.deadLetters);
    const to = this.#targetOf(target);
    const delivered: IRuleTarget = {
      bind: (...rule) => ({
        ...to.bind(...rule),
        ...(transformer && { input: new TemplateInput(transformer) }),
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: {
          maximumRetryAttempts: DELIVERY.retryAttempts,
          maximumEventAgeInSeconds: DELIVERY.maxEventAge.toSeconds(),
        },
      }),
    };
    for (const [at, part] of dividePattern(pattern).entries()) {
      const eventPattern = { source: part.source };
      const rule = new Rule(this, at === 0 ? 'Rule' : `Rule${at}`, {
        eventBus: bus,
        description,
        eventPattern,
      });
      writeAsText(rule, part);
      rule.addTarget(delivered);
    }
  }

  #targetOf(target: Target): IRuleTarget {
    if (typeof target === 'function') return target(DELIVERY);
    if ('queueUrl' in target) {
      admitRules(target);
      return { bind: () => ({ arn: target.queueArn }) };
    }
    // EventBridge's queue is for events that Lambda does not take; those on which the function fails go there, too.
    if (target.node.tryFindChild('EventInvokeConfig') === undefined) {
      target.configureAsyncInvoke({ onFailure: new SqsDestination(this.deadLetters), retryAttempts: 2 });
    }
    return new LambdaFunction(target);
  }
}

/**
 * Lets the rules of this account and Region send to a queue. It is one statement for all rules: the CDK's own targets add one
 * for each rule, and the policy of a queue has at most 20.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
 */
function admitRules(queue: IQueue): void {
  const rules = Stack.of(queue).formatArn({ service: 'events', resource: 'rule', resourceName: '*' });
  queue.grant(
    new ServicePrincipal('events.amazonaws.com', { conditions: { ArnLike: { 'aws:SourceArn': rules } } }),
    'sqs:SendMessage',
  );
}

/**
 * Writes the pattern as a JSON text. A pattern may ask for null, which CloudFormation refuses in a template but not in a text.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-null-values.html
 */
function writeAsText(rule: Rule, pattern: EventPattern): void {
  const resource = rule.node.defaultChild;
  if (!(resource instanceof CfnRule)) throw new Error('The CDK makes no rule of CloudFormation here');
  resource.addPropertyOverride('EventPattern', Stack.of(rule).toJsonString(pattern));
}

/** The input of a target by our own transformer, which the local bus applies as well. */
class TemplateInput extends RuleTargetInput {
  readonly #transformer: InputTransformer;

  constructor(transformer: InputTransformer) {
    super();
    this.#transformer = transformer;
  }

  override bind(): RuleTargetInputProperties {
    const { paths, template } = this.#transformer;
    return { inputPathsMap: paths, inputTemplate: template };
  }
}
