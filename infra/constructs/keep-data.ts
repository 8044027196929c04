import { CfnResource, RemovalPolicy, type Stack } from 'aws-cdk-lib';

/** The types of resources that hold what cannot be made again. Logs go with what wrote them. */
const WITH_DATA = new Set([
  'AWS::DynamoDB::Table',
  'AWS::Events::EventBus',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::SQS::Queue',
]);

/**
 * Says what becomes of data when a resource leaves a stack: because the stack goes, or because a setting no longer asks
 * for it, such as the dead letters of a channel that was taken out.
 */
export function keepData(stack: Stack, keep: boolean): void {
  for (const resource of stack.node.findAll()) {
    if (!CfnResource.isCfnResource(resource) || !WITH_DATA.has(resource.cfnResourceType)) continue;
    resource.applyRemovalPolicy(keep ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY);
  }
}
