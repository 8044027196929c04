import { SettingsError } from './read-settings.ts';
import type { Settings } from './settings.ts';

/** Where the deployment goes; undefined when the CDK knows no credentials. */
export type Place = { account?: string | undefined; region?: string | undefined };

/**
 * Refuses resources that cannot be used from where the deployment goes: those of another Region, since functions, alarms
 * and deployments look for a bus, a secret or a topic in their own Region; and consumers of a bus of another account, since
 * a rule is created in the account of its bus.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
 *
 * @throws SettingsError
 */
export function refuseOtherPlaces(settings: Settings, { account, region }: Place): void {
  const elsewhere = arnsIn(settings).filter(({ arn }) => region !== undefined && regionOf(arn) !== region);
  const wrong = elsewhere.map(
    ({ path, arn }) =>
      `${path}: is in ${regionOf(arn)}, and the deployment in ${region}. Name one in ${region}, or deploy to ${regionOf(arn)}`,
  );
  const owner = settings.bus === 'own' ? account : accountOf(settings.bus);
  if (account !== undefined && owner !== account) {
    const on = consumersIn(settings);
    if (on.length > 0) {
      wrong.push(
        `${on.join(', ')}: the bus belongs to account ${owner}, and so do its rules. Leave them out here, and deploy consumers in that account (docs/consumers.md)`,
      );
    }
  }
  if (wrong.length > 0) throw new SettingsError(wrong.join('; '));
}

/** The settings that put rules on the bus. */
function consumersIn({ certificates, slack, endpoints }: Settings): string[] {
  return [
    ...(certificates ? ['certificates'] : []),
    ...(slack.length > 0 ? ['slack'] : []),
    ...(endpoints.length > 0 ? ['endpoints'] : []),
  ];
}

/** Every ARN among the settings, with the path of its setting. */
function arnsIn(value: unknown, path = ''): { path: string; arn: string }[] {
  if (typeof value === 'string') return value.startsWith('arn:') ? [{ path, arn: value }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    arnsIn(part, path === '' ? name : `${path}.${name}`),
  );
}

function regionOf(arn: string): string | undefined {
  return arn.split(':')[3];
}

function accountOf(arn: string): string | undefined {
  return arn.split(':')[4];
}
