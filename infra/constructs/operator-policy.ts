import { Stack, Validations } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { consumerStacks } from '../../consumers/deploy/settings.ts';
import { TABLE_CALLS } from '../../functions/contract/names.ts';
import type { Settings } from '../settings.ts';
import type { State } from './deployed-state.ts';
import { grantQueue, grantSecret, grantTable } from './grants.ts';

/** The rights of the command line, for the roles of the people who operate a deployment. */
export class OperatorPolicy extends ManagedPolicy {
  constructor(
    scope: Construct,
    id: string,
    props: { settings: Settings; state: State; pollQueue: Queue; replayQueue: Queue },
  ) {
    const { settings, state, pollQueue, replayQueue } = props;
    super(scope, id, { description: 'Schoolbell: what its command line may do with a deployment' });
    grantTable(state.table, this, TABLE_CALLS.operators);
    for (const queue of [pollQueue, replayQueue])
      grantQueue(queue, this, 'SendMessage', 'GetQueueAttributes');
    this.#allow(['events:PutEvents', 'events:DescribeEventBus'], [state.bus.eventBusArn]);
    grantSecret(state.komboSecret, this, 'GetSecretValue', 'PutSecretValue');
    grantSecret(state.remoteIdsKey, this, 'GetSecretValue');
    // Whether it is on or off, so that a switch of a consumer changes nothing here.
    this.#allowToFind(Object.values(consumerStacks(settings)).map(({ name }) => name));
  }

  #allow(actions: string[], resources: string[]): void {
    this.addStatements(new PolicyStatement({ actions, resources }));
  }

  /** For `doctor`, which finds stacks that are switched off and still deployed. */
  #allowToFind(stacks: string[]): void {
    const arns = stacks.map((name) =>
      Stack.of(this).formatArn({ service: 'cloudformation', resource: 'stack', resourceName: `${name}/*` }),
    );
    this.#allow(['cloudformation:DescribeStacks'], arns);
    for (const name of stacks) {
      Validations.of(this).acknowledge({
        id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/${name}/*]`,
        reason: 'The star stands for the id that CloudFormation gives a stack of this name.',
      });
    }
  }
}
