import { CfnResource, RemovalPolicy, type Stack } from 'aws-cdk-lib';

/** The types of resources with data that cannot be restored. Logs are deleted with the function that wrote them. */
const WITH_DATA = new Set([
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
]);

/**
 * Sets what happens to data when a resource leaves a stack: because the stack is destroyed, or because the settings no longer
 * ask for it, such as the dead letters of a channel that was removed.
 */
export function keepData(stack: Stack, keep: boolean): void {
  for (const resource of stack.node.findAll()) {
    if (!CfnResource.isCfnResource(resource) || !WITH_DATA.has(resource.cfnResourceType)) continue;
    resource.applyRemovalPolicy(keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
  }
}
