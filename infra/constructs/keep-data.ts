import { CfnResource, type RemovalPolicy } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The types of resources whose data cannot be restored. Log groups are not included: they are deleted with their function. */
const WITH_DATA = new Set([
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
]);

/**
 * Sets whether resources with data are kept or deleted when they are removed from a stack. This happens when the stack is
 * destroyed, or when the properties no longer need a resource, such as the dead-letter queue of a channel that was removed.
 */
export function keepData(scope: IConstruct, policy: RemovalPolicy): void {
  for (const resource of scope.node.findAll()) {
    if (!CfnResource.isCfnResource(resource) || !WITH_DATA.has(resource.cfnResourceType)) continue;
    resource.applyRemovalPolicy(policy);
  }
}
