import { CfnResource, type Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { SettingsError } from './read-settings.ts';

/**
 * The maximum number of rules on an event bus. In af-south-1 and eu-south-1 AWS allows only 100:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const MOST_RULES = 300;

/**
 * The maximum number of resources in a stack:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const MOST_RESOURCES = 500;

/**
 * Rejects consumers that need more rules or resources than AWS allows. Otherwise AWS would reject them in the
 * middle of a deployment.
 *
 * @throws SettingsError when there are too many rules or resources
 */
export function refuseTooMany(consumers: Stack[]): void {
  const rules = consumers.flatMap((stack) => resourcesOf(stack).filter((part) => part instanceof CfnRule));
  if (rules.length > MOST_RULES)
    throw tooMany(`${rules.length} rules`, `an event bus can have only ${MOST_RULES}`);
  for (const { length } of consumers.map(resourcesOf)) {
    if (length > MOST_RESOURCES)
      throw tooMany(`${length} resources`, `a stack can have only ${MOST_RESOURCES}`);
  }
}

function resourcesOf(stack: Stack): CfnResource[] {
  return stack.node.findAll().filter((part) => CfnResource.isCfnResource(part));
}

function tooMany(needed: string, allowed: string): SettingsError {
  return new SettingsError(
    `The consumers in the settings need ${needed}, but ${allowed}. Configure fewer consumers, or give them fewer events, integrations or courses`,
  );
}
