import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { CloudWatchLogGroup, LambdaFunction as LambdaTarget, SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Target } from '../../../consumers/deploy/consumer-rule.ts';
import { eventPattern } from '../../../consumers/kit/event-pattern.ts';
import { onEvent } from '../../../consumers/kit/on-event.ts';
import { eventTypes } from '../../../functions/contract/published-events.ts';
import { matchesPattern } from '../../../local/rules/match-pattern.ts';
import { nullsIn } from '../../infra/nulls.ts';

function somewhere() {
  const stack = new Stack(new App(), 'Consumer');
  return {
    stack,
    bus: EventBus.fromEventBusName(stack, 'Bus', 'schoolbell'),
    template: () => Template.fromStack(stack),
  };
}

it('`onEvent` creates an EventBridge rule with the pattern of its event and filter, and a dead-letter queue', () => {
  const { stack, bus, template } = somewhere();
  const filter = { courses: ['c1'], where: { previous: { status: ['IN_PROGRESS' as const] } } };
  onEvent(stack, 'CourseCompleted', { bus, consumer: 'badges', ...filter }, new Queue(stack, 'Queue'));
  template().hasResourceProperties('AWS::Events::Rule', {
    EventBusName: 'schoolbell',
    EventPattern: JSON.stringify(eventPattern(['CourseCompleted'], 'badges', filter)),
  });
  template().resourceCountIs('AWS::SQS::Queue', 2);
});

it('`onEvent` accepts a filter with null, and writes the event pattern as JSON text, as CloudFormation requires', () => {
  const { stack, bus, template } = somewhere();
  const filter = {
    where: { course: { title: [null, { exists: false }] }, previous: { completedAt: [null] } },
  };
  onEvent(stack, 'CourseCompleted', { bus, consumer: 'badges', ...filter }, new Queue(stack, 'Queue'));
  const [rule] = Object.values(template().findResources('AWS::Events::Rule'));
  expect(JSON.parse(rule?.['Properties'].EventPattern).detail).toMatchObject(filter.where);
  expect(nullsIn(template().toJSON())).toEqual([]);
});

it('`onEvent` accepts a filter with a value that is only known during the deployment', () => {
  const { stack, bus, template } = somewhere();
  const course = new CfnParameter(stack, 'Course').valueAsString;
  onEvent(
    stack,
    'CourseCompleted',
    { bus, consumer: 'badges', courses: [course] },
    new Queue(stack, 'Queue'),
  );
  template().hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { 'Fn::Join': ['', Match.arrayWith([{ Ref: 'Course' }])] },
  });
});

it('`onEvent` refuses a queue with the AWS managed key of SQS, which EventBridge cannot use', () => {
  const { stack, bus } = somewhere();
  const queue = new Queue(stack, 'Queue', { encryption: QueueEncryption.KMS_MANAGED });
  expect(() => onEvent(stack, 'CourseCompleted', { bus, consumer: 'badges' }, queue)).toThrow(
    'Consumer/Queue: EventBridge cannot use the key alias/aws/sqs',
  );
});

it('`onEvent` refuses a function that was imported without its role, but accepts a target of the CDK with this function', () => {
  const { stack, bus, template } = somewhere();
  const arn = 'arn:aws:lambda:eu-west-1:111111111111:function:badges';
  const badges = LambdaFunction.fromFunctionArn(stack, 'Badges', arn);
  const add = (id: string, target: Target) =>
    onEvent(stack, 'CourseCompleted', { bus, consumer: 'badges', id }, target);
  expect(() => add('A', badges)).toThrow('Consumer/A: a function that is imported without its role');
  add('B', (delivery) => new LambdaTarget(badges, delivery));
  template().hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike({ Arn: arn })] });
});

it('`onEvent` creates several EventBridge rules with the same target when the event pattern is too long for one rule', () => {
  const { stack, bus, template } = somewhere();
  const courses = Array.from({ length: 200 }, (_, at) => `U3Q5rNXx2FPuXyGxAjJho${at}`);
  onEvent(stack, 'CourseCompleted', { bus, consumer: 'badges', courses }, new Queue(stack, 'Queue'));
  const rules = Object.values(template().findResources('AWS::Events::Rule'));
  expect(rules.length).toBeGreaterThan(2);
  expect(new Set(rules.map(({ Properties }) => JSON.stringify(Properties.Targets[0].Arn))).size).toBe(1);
  const named = rules.flatMap(({ Properties }) => JSON.parse(Properties.EventPattern).detail.course.id);
  expect(named.toSorted()).toEqual(courses.toSorted());
});

it('the EventBridge rules for all events can share a queue and a dead-letter queue, and each queue has one policy statement', () => {
  const { stack, bus, template } = somewhere();
  const queue = new Queue(stack, 'Queue');
  const deadLetters = new Queue(stack, 'DeadLetters');
  for (const type of eventTypes) onEvent(stack, type, { bus, consumer: 'all', deadLetters }, queue);
  template().resourceCountIs('AWS::Events::Rule', eventTypes.length);
  template().allResourcesProperties('AWS::SQS::QueuePolicy', {
    PolicyDocument: {
      Statement: [
        Match.objectLike({
          Principal: { Service: 'events.amazonaws.com' },
          Condition: { ArnLike: { 'aws:SourceArn': Match.anyValue() } },
        }),
      ],
    },
  });
});

it('one Lambda function can be the target of `onEvent` for several events, and its failed invocations are retried twice', () => {
  const { stack, bus, template } = somewhere();
  const target = new LambdaFunction(stack, 'Function', {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.handler',
    code: Code.fromInline('exports.handler = async () => {}'),
  });
  onEvent(stack, 'CourseCompleted', { bus, consumer: 'badges' }, target);
  onEvent(stack, 'CourseReopened', { bus, consumer: 'badges' }, target);
  template().resourceCountIs('AWS::Events::Rule', 2);
  template().hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 2 });
});

it('`onEvent` accepts any EventBridge target, such as a log group, and creates its rule with the retry policy', () => {
  const { stack, bus, template } = somewhere();
  onEvent(
    stack,
    'IntegrationFailing',
    { bus, consumer: 'ops' },
    (delivery) => new CloudWatchLogGroup(new LogGroup(stack, 'Log'), delivery),
  );
  template().hasResourceProperties('AWS::Events::Rule', {
    EventPattern: Match.serializedJson(Match.objectLike({ 'detail-type': ['IntegrationFailing'] })),
    Targets: [{ RetryPolicy: { MaximumRetryAttempts: 185 } }],
  });
});

it('`onEvent` refuses a FIFO queue as target and as dead-letter queue, and accepts an EventBridge target with a message group', () => {
  const { stack, bus, template } = somewhere();
  const fifo = new Queue(stack, 'Fifo', { fifo: true, contentBasedDeduplication: true });
  const queue = new Queue(stack, 'Queue');
  const add = (id: string, target: Target, deadLetters?: Queue) =>
    onEvent(
      stack,
      'CourseCompleted',
      { bus, consumer: 'x', id, ...(deadLetters && { deadLetters }) },
      target,
    );
  expect(() => add('A', fifo)).toThrow('Consumer/Fifo: a rule needs a standard queue');
  expect(() => add('B', queue, fifo)).toThrow('Consumer/Fifo: a rule needs a standard queue');
  add('C', (delivery) => new SqsQueue(fifo, { ...delivery, messageGroupId: 'events' }));
  template().hasResourceProperties('AWS::Events::Rule', {
    Targets: [Match.objectLike({ SqsParameters: { MessageGroupId: 'events' } })],
  });
});

/** The patterns of the rules of a consumer that gets the events of these courses, by their logical ids. */
function rulesFor(courses: string[]): Map<string, object> {
  const { stack, bus, template } = somewhere();
  onEvent(stack, 'CourseCompleted', { bus, consumer: 'badges', courses }, new Queue(stack, 'Queue'));
  const rules = Object.entries(template().findResources('AWS::Events::Rule'));
  return new Map(rules.map(([id, { Properties }]) => [id, JSON.parse(Properties.EventPattern)]));
}

it('while a deployment changes the courses of a consumer, each event of a course that stays matches a rule at any time', () => {
  const course = (number: number) => `U3Q5rNXx2FPuXyGxAjJho${String(number).padStart(3, '0')}`;
  const courses = fc.uniqueArray(fc.nat(199), { minLength: 1, maxLength: 200, size: 'max' });
  const someCourses = courses.map((numbers) => numbers.map(course));
  fc.assert(
    fc.property(someCourses, someCourses, (before, after) => {
      const [old, next] = [rulesFor(before), rulesFor(after)];
      for (const id of before.filter((each) => after.includes(each))) {
        const event = { source: 'schoolbell', 'detail-type': 'CourseCompleted', detail: { course: { id } } };
        const isMatched = [...old].some(([rule, pattern]) => {
          // CloudFormation updates the rules in any order, and deletes rules after all updates.
          const updated = next.get(rule) ?? pattern;
          return matchesPattern(pattern, event) && matchesPattern(updated, event);
        });
        expect(isMatched, id).toBe(true);
      }
    }),
    // Each run creates a template, so a counterexample is not simplified.
    { numRuns: 20, endOnFailure: true },
  );
});
