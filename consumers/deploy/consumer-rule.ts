import { createHash } from 'node:crypto';
import { Duration, Stack, Token } from 'aws-cdk-lib';
import { CfnRule, type IRuleTarget, Rule, type RuleTargetInputProperties } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { type IQueue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { admitEventBridge } from '../../infra/constructs/grants.ts';
import { DeadLetters } from '../../infra/constructs/queues.ts';
import type { AnyBus } from '../../infra/constructs/shared-props.ts';
import { dividePattern, type EventPattern } from '../kit/event-pattern.ts';

/** How EventBridge retries a target. After that, the event is kept in the dead-letter queue for two weeks. */
export type Delivery = { retryAttempts: number; maxEventAge: Duration };

/** A function, a queue, or a function that creates any EventBridge target with these retries. */
export type Target = IFunction | IQueue | ((delivery: Delivery) => IRuleTarget);

/** EventBridge's defaults, stated explicitly. */
const DELIVERY: Delivery = { retryAttempts: 185, maxEventAge: Duration.hours(24) };

type ConsumerRuleProps = {
  bus: AnyBus;
  pattern: EventPattern;
  description: string;
  /** What the target gets instead of the event. */
  transformer?: RuleTargetInputProperties | undefined;
  /** A dead-letter queue that several rules share. By default each rule has its own. */
  deadLetters?: IQueue;
  /** The KMS key of the dead-letter queue that the rule creates. */
  encryptionKey?: IKey | undefined;
};

/**
 * A rule with a retry policy, and with a dead-letter queue for events that cannot be delivered. A pattern
 * that is too long for EventBridge becomes several rules, of which each event matches only one.
 */
export class ConsumerRule extends Construct {
  readonly deadLetters: IQueue;

  constructor(scope: Construct, id: string, props: ConsumerRuleProps, target: Target) {
    super(scope, id);
    const { bus, pattern, description, transformer, deadLetters, encryptionKey } = props;
    refuseOtherAccount(this, bus);
    this.deadLetters = deadLetters ?? new DeadLetters(this, 'DeadLetters', { encryptionKey });
    admitRules(this.deadLetters);
    const to = this.#targetOf(target);
    const delivered: IRuleTarget = {
      bind: (...rule) => ({
        ...to.bind(...rule),
        ...(transformer && { input: { bind: () => transformer } }),
        deadLetterConfig: { arn: this.deadLetters.queueArn },
        retryPolicy: {
          maximumRetryAttempts: DELIVERY.retryAttempts,
          maximumEventAgeInSeconds: DELIVERY.maxEventAge.toSeconds(),
        },
      }),
    };
    const parts = dividePattern(pattern);
    for (const part of parts) {
      const eventPattern = { source: part.source };
      // The rule of a part that changes is created again, and CloudFormation deletes the old rule last. If ids
      // moved from one existing rule to another, events between the updates of the two would match neither.
      const id = parts.length === 1 ? 'Rule' : `Rule${hashOf(part.detail)}`;
      const rule = new Rule(this, id, { eventBus: bus, description, eventPattern });
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
    // EventBridge sends an event to the dead-letter queue if Lambda does not accept it. With this setting,
    // Lambda also sends it there if the function fails. A function that has the setting keeps it.
    if (target.node.tryFindChild('EventInvokeConfig') === undefined) {
      if (target.role === undefined) {
        throw new Error(
          `${this.node.path}: a function that is imported without its role gets no right to use the dead-letter queue. Import it with its role (Function.fromFunctionAttributes), or pass \`(delivery) => new LambdaFunction(yourFunction, delivery)\``,
        );
      }
      target.configureAsyncInvoke({ onFailure: new SqsDestination(this.deadLetters), retryAttempts: 2 });
    }
    return new LambdaFunction(target);
  }
}

function hashOf(detail: EventPattern['detail']): string {
  return createHash('sha256').update(JSON.stringify(detail)).digest('hex').slice(0, 8);
}

/**
 * Lets the rules of this account and Region send to a queue. One statement is for all of them: the CDK's own
 * targets add one for each rule, and a queue's policy can have at most 20.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
 *
 * @throws Error for a FIFO queue: as a target it needs a message group, and it cannot be a dead-letter queue.
 *   https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 * @throws Error for a queue with the AWS managed key, whose policy does not allow EventBridge and cannot change.
 *   https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
 */
function admitRules(queue: IQueue): void {
  if (queue.fifo) {
    throw new Error(
      `${queue.node.path}: a rule needs a standard queue. For a FIFO queue, pass the target (delivery) => new SqsQueue(queue, { ...delivery, messageGroupId: 'events' })`,
    );
  }
  if (queue.encryptionType === QueueEncryption.KMS_MANAGED) {
    throw new Error(
      `${queue.node.path}: EventBridge cannot use the key alias/aws/sqs. Encrypt the queue with your own key, or with QueueEncryption.SQS_MANAGED`,
    );
  }
  const rules = Stack.of(queue).formatArn({ service: 'events', resource: 'rule', resourceName: '*' });
  queue.grant(
    new ServicePrincipal('events.amazonaws.com', { conditions: { ArnLike: { 'aws:SourceArn': rules } } }),
    'sqs:SendMessage',
  );
  if (queue.encryptionMasterKey !== undefined) admitEventBridge(queue.encryptionMasterKey, queue);
}

/**
 * Refuses a bus of another account or Region. The CDK would create the rule on a bus of the same name in the
 * stack's own account: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 *
 * @throws Error when the accounts or the Regions are known, and are different
 */
function refuseOtherAccount(rule: Construct, bus: AnyBus): void {
  const here = Stack.of(rule);
  for (const place of ['account', 'region'] as const) {
    if (Token.isUnresolved(bus.env[place]) || Token.isUnresolved(here[place])) continue;
    if (bus.env[place] === here[place]) continue;
    throw new Error(
      `${rule.node.path}: the bus is in the ${place} ${bus.env[place]}, and its rules must be there too. Create this consumer in a stack of that ${place}`,
    );
  }
}

/**
 * A pattern may match null, which CloudFormation rejects as a value in a template, but not within a text.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-null-values.html
 */
function writeAsText(rule: Rule, pattern: EventPattern): void {
  const resource = rule.node.defaultChild;
  if (!(resource instanceof CfnRule)) throw new Error('The CDK created no CloudFormation rule (CfnRule)');
  resource.addPropertyOverride('EventPattern', Stack.of(rule).toJsonString(pattern));
}
