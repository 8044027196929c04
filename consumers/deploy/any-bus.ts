import type { EventBus, IEventBus } from 'aws-cdk-lib/aws-events';

/** A bus of this app or another one. The CDK's class does not quite fit its own interface. */
export type AnyBus = IEventBus | EventBus;
