import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { CloudWatchLogGroup } from 'aws-cdk-lib/aws-events-targets';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { eventTypes } from '../../../functions/contract/published-events.ts';
import * as constructs from '../../../infra/consumers/on-event.ts';
import { eventPattern } from '../../../rules/event-pattern.ts';

const { onCourseCompleted, onCourseReopened, onIntegrationFailing } = constructs;

function somewhere() {
  const stack = new Stack(new App(), 'Consumer');
  return {
    stack,
    bus: EventBus.fromEventBusName(stack, 'Bus', 'schoolbell'),
    template: () => Template.fromStack(stack),
  };
}

it('there is one for each event of the contract', () => {
  expect(Object.keys(constructs).toSorted()).toEqual(eventTypes.map((type) => `on${type}`).toSorted());
});

describe('a rule on an event', () => {
  it('takes what its filters say, live and replayed for its consumer, into a queue', () => {
    const { stack, bus, template } = somewhere();
    const filter = { courses: ['c1'], where: { previous: { status: ['IN_PROGRESS' as const] } } };
    onCourseCompleted(stack, { bus, consumer: 'badges', ...filter }, new Queue(stack, 'Queue'));
    template().hasResourceProperties('AWS::Events::Rule', {
      EventBusName: 'schoolbell',
      EventPattern: JSON.stringify(eventPattern(['CourseCompleted'], 'badges', filter)),
    });
    template().resourceCountIs('AWS::SQS::Queue', 2);
  });

  it('takes it to a function, whose failures go to the dead letters as well', () => {
    const { stack, bus, template } = somewhere();
    const target = new LambdaFunction(stack, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => {}'),
    });
    onCourseCompleted(stack, { bus, consumer: 'badges' }, target);
    onCourseReopened(stack, { bus, consumer: 'badges' }, target);
    template().resourceCountIs('AWS::Events::Rule', 2);
    template().hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 2 });
  });

  it('takes it anywhere else, given how to deliver', () => {
    const { stack, bus, template } = somewhere();
    onIntegrationFailing(
      stack,
      { bus, consumer: 'ops' },
      (delivery) => new CloudWatchLogGroup(new LogGroup(stack, 'Log'), delivery),
    );
    template().hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.serializedJson(Match.objectLike({ 'detail-type': ['IntegrationFailing'] })),
      Targets: [{ RetryPolicy: { MaximumRetryAttempts: 185 } }],
    });
  });
});
