import { CfnElement, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** Says to cdk-nag why a role may use `<resource>` with a star after it. */
export function explainStar(
  scope: IConstruct,
  { resource, suffix, reason }: { resource: IConstruct; suffix: string; reason: string },
): void {
  const element = resource.node.defaultChild;
  if (!CfnElement.isCfnElement(element)) return;
  const id = `AwsSolutions-IAM5[Resource::<${Stack.of(scope).getLogicalId(element)}.Arn>${suffix}]`;
  Validations.of(scope).acknowledge({ id, reason });
}
