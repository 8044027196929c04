import { CfnResource, type Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { SettingsError } from './read-settings.ts';

/**
 * The most rules of an event bus. In af-south-1 and eu-south-1 it is 100:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const MOST_RULES = 300;

/**
 * The most resources of a stack:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 */
const MOST_RESOURCES = 500;

/**
 * Rejects consumers that need more rules or resources than AWS allows. Otherwise AWS would reject them in the middle of a
 * deployment.
 *
 * @throws SettingsError when there are too many
 */
export function refuseTooMany(consumers: Stack[]): void {
  const rules = consumers.flatMap((stack) => resourcesOf(stack).filter((part) => part instanceof CfnRule));
  if (rules.length > MOST_RULES) throw tooMany(`${rules.length} rules`, `an event bus has ${MOST_RULES}`);
  for (const { length } of consumers.map(resourcesOf)) {
    if (length > MOST_RESOURCES) throw tooMany(`${length} resources`, `a stack has ${MOST_RESOURCES}`);
  }
}

function resourcesOf(stack: Stack): CfnResource[] {
  return stack.node.findAll().filter((part) => CfnResource.isCfnResource(part));
}

function tooMany(needed: string, allowed: string): SettingsError {
  return new SettingsError(
    `The consumers of the settings need ${needed}, and ${allowed}. Name fewer of them, fewer events, or fewer integrations and courses`,
  );
}
