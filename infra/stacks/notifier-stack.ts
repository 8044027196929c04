import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { consumerStacks } from '../../consumers/deploy/settings.ts';
import { Schoolbell } from '../constructs/schoolbell.ts';
import { deployedState, notifierProps } from '../props-of-settings.ts';
import type { Settings } from '../settings.ts';

/** The stack with the schedule, queues, functions and alarms. It can be destroyed and deployed again without loss of data. */
export class NotifierStack extends Stack {
  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, {
      ...props,
      description: 'Schoolbell: polls learning platforms and publishes what happened',
    });
    // `Default` is not a part of logical ids, so that the resources have the ids of resources of the stack itself.
    new Schoolbell(this, 'Default', {
      ...notifierProps(settings),
      state: deployedState(this, settings),
      consumerStacks: Object.values(consumerStacks(settings)),
    });
  }
}
