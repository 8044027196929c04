import { Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { TABLE_CALLS } from '../../functions/contract/names.ts';
import { grantQueue, grantSecret, grantTable } from './grants.ts';
import type { ISchoolbellState } from './schoolbell-state.ts';

/** The rights that the command line needs. Attach the policy to the roles of operators. */
export class OperatorPolicy extends ManagedPolicy {
  constructor(
    scope: Construct,
    id: string,
    { state, stacks, queues }: { state: ISchoolbellState; stacks: string[]; queues: IQueue[] },
  ) {
    // With another description, CloudFormation would replace the policy, and its attachments would be lost.
    super(scope, id, { description: 'Schoolbell: what its command line may do with a deployment' });
    grantTable(state.table, this, TABLE_CALLS.operators);
    for (const queue of queues) grantQueue(queue, this, 'SendMessage', 'GetQueueAttributes');
    this.#allow(['events:PutEvents', 'events:DescribeEventBus'], [state.bus.eventBusArn]);
    this.#allow(['events:ListRules'], ['*']);
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'ListRules cannot be limited to a resource. It is used to check the name of a consumer.',
    });
    grantSecret(state.komboSecret, this, 'GetSecretValue', 'PutSecretValue');
    grantSecret(state.remoteIdsKey, this, 'GetSecretValue');
    // Commands with `--stack` read the outputs of this stack, and `events` those of the certificates stack.
    // `doctor` looks for stacks of consumers that are switched off in the settings, but still deployed.
    const consumerStacks = stacks.map((name) =>
      Stack.of(this).formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${name}/*` }),
    );
    this.#allow(['cloudformation:DescribeStacks'], [Stack.of(this).stackId, ...consumerStacks]);
    for (const name of stacks) {
      Validations.of(this).acknowledge({
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/${name}/*]`,
        reason: 'The star matches the id that CloudFormation gives a stack of this name.',
      });
    }
  }

  #allow(actions: string[], resources: string[]): void {
    this.addStatements(new PolicyStatement({ actions, resources }));
  }
}
