import { CfnResource, type Stack } from 'aws-cdk-lib';
import { CfnRule } from 'aws-cdk-lib/aws-events';
import { subscribersIn } from '../consumers/deploy/settings.ts';
import { SettingsError } from './read-settings.ts';
import type { Settings } from './settings.ts';

/** Without credentials, the account is undefined, and the Region may be wrong. */
export type Place = { account?: string | undefined; region?: string | undefined };

/**
 * Without an account, nothing is rejected, because the Region may be wrong. Otherwise rejects:
 * - resources of another Region, because functions, alarms and deployments look for a bus, a secret or a
 *   topic in their own Region;
 * - consumers of another account's bus, because a rule must be created in the account of its bus:
 *   https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 *
 * @throws SettingsError when the settings contain one of these
 */
export function refuseOtherPlaces(settings: Settings, { account, region }: Place): void {
  if (account === undefined) return;
  const wrong: string[] = [];
  // The ARN of an IAM resource contains no Region.
  const elsewhere = arnsIn(settings).filter(({ arn }) => !['', region].includes(arn.split(':')[3]));
  if (region !== undefined && elsewhere.length > 0) {
    const paths = elsewhere.map(({ path }) => path).join(', ');
    wrong.push(`${paths}: must be in ${region}, the Region of the deployment`);
  }
  const owner = settings.bus === 'own' ? account : settings.bus.split(':')[4];
  const consumers = consumersIn(settings);
  if (owner !== account && consumers.length > 0) {
    wrong.push(
      `${consumers.join(', ')}: the bus belongs to account ${owner}, so the rules of consumers must be in that account. Remove these settings here, and deploy the consumers in that account (docs/constructs.md)`,
    );
  }
  if (wrong.length > 0) throw new SettingsError(wrong.join('; '));
}

function consumersIn(settings: Settings): string[] {
  const subscribers = Object.entries(subscribersIn(settings));
  return [
    ...(settings.certificates ? ['certificates'] : []),
    ...subscribers.flatMap(([setting, { length }]) => (length > 0 ? [setting] : [])),
  ];
}

function arnsIn(value: unknown, path = ''): { path: string; arn: string }[] {
  if (typeof value === 'string') return value.startsWith('arn:') ? [{ path, arn: value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    arnsIn(part, path === '' ? name : `${path}.${name}`),
  );
}

/**
 * The maximum per event bus. In af-south-1 and eu-south-1 AWS allows only 100:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
 */
const MOST_RULES = 300;

/** Per stack: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
const MOST_RESOURCES = 500;

/**
 * Refuses consumers that AWS would reject in the middle of a deployment.
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
