import { App, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { AccountPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { onEvent, Schoolbell } from 'schoolbell';

const REGION = 'eu-central-1';
const EVENTS_ACCOUNT = '111111111111';
const LEARNING_ACCOUNT = '222222222222';
const BUS_NAME = 'company-events';

/** The account with the company's bus, and with the consumers: rules must be in the account of their bus. */
export class EventsStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const bus = new EventBus(this, 'Bus', { eventBusName: BUS_NAME });
    bus.addToResourcePolicy(
      new PolicyStatement({
        sid: 'SchoolbellOfTheLearningAccount',
        principals: [new AccountPrincipal(LEARNING_ACCOUNT)],
        actions: ['events:PutEvents'],
        resources: [bus.eventBusArn],
        conditions: { StringEquals: { 'events:source': 'schoolbell' } },
      }),
    );
    const badges = new Queue(this, 'Badges', { enforceSSL: true });
    onEvent(this, 'CourseCompleted', { bus, consumer: 'badges' }, badges);
  }
}

/** The account that polls the learning platforms, and publishes on the bus of the other account. */
export class LearningStack extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const arn = `arn:${this.partition}:events:${REGION}:${EVENTS_ACCOUNT}:event-bus/${BUS_NAME}`;
    new Schoolbell(this, 'Schoolbell', { bus: EventBus.fromEventBusArn(this, 'CompanyBus', arn) });
  }
}

const app = new App();
const events = new EventsStack(app, 'Events', { env: { account: EVENTS_ACCOUNT, region: REGION } });
const learning = new LearningStack(app, 'Learning', { env: { account: LEARNING_ACCOUNT, region: REGION } });
learning.addStackDependency(events);
