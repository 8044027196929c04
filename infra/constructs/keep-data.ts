import { CfnResource, type RemovalPolicy } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Data that cannot be restored. Log groups are not included: they are deleted with their function. */
const WITH_DATA = new Set([
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
]);

/**
 * A resource is removed when its stack is destroyed, or when the properties no longer need it, such as the
 * dead-letter queue of a channel that was removed.
 */
export function keepData(scope: IConstruct, policy: RemovalPolicy): void {
  for (const resource of scope.node.findAll()) {
    if (!CfnResource.isCfnResource(resource) || !WITH_DATA.has(resource.cfnResourceType)) continue;
    resource.applyRemovalPolicy(policy);
  }
}
