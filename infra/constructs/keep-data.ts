import { CfnResource, type RemovalPolicy } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Resources whose data cannot be restored. A log group is deleted with its function. */
const WITH_DATA = new Set([
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
]);

/**
 * Sets what happens to resources with data when they are removed: when their stack is destroyed, or when the
 * properties no longer need them, such as the dead-letter queue of a channel that was removed.
 */
export function keepData(scope: IConstruct, policy: RemovalPolicy): void {
  for (const resource of scope.node.findAll()) {
    if (!CfnResource.isCfnResource(resource) || !WITH_DATA.has(resource.cfnResourceType)) continue;
    resource.applyRemovalPolicy(policy);
  }
}
