import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { parseSettings } from '../../infra/read-settings.ts';
import type { SettingsInput } from '../../infra/settings.ts';
import { synthesizeAll } from './synthesize.ts';

const key = (name: string) => `arn:aws:kms:eu-central-1:123456789012:key/${name}`;
const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;
const KEYS = {
  table: key('table'),
  komboSecret: key('kombo-secret'),
  webhookSecret: key('webhook-secret'),
  slack: key('slack'),
};
const slack = {
  name: 'learning',
  events: ['CourseCompleted'],
  via: { way: 'incoming-webhook' as const, url: secret('SlackUrl') },
};

const adopted: SettingsInput = {
  webhook: true,
  certificates: {},
  slack: [{ ...slack, via: { ...slack.via, key: KEYS.slack } }],
  adopt: {
    table: 'left-behind',
    tableKey: KEYS.table,
    komboSecret: secret('Kombo'),
    komboSecretKey: KEYS.komboSecret,
    webhookSecret: secret('Webhook'),
    webhookSecretKey: KEYS.webhookSecret,
  },
};

const Statement = z.object({
  Action: z.pipe(
    z.union([z.string(), z.array(z.string())]),
    z.transform((actions) => [actions].flat()),
  ),
  Resource: z.unknown(),
  Condition: z.optional(z.unknown()),
});
const Policy = z.object({
  Properties: z.object({ PolicyDocument: z.object({ Statement: z.array(Statement) }) }),
});

/** Returns the statements of each policy of a role or of operators, by the name of the policy. */
function policiesOf(settings: SettingsInput): [string, z.infer<typeof Statement>[]][] {
  return Object.values(synthesizeAll(settings)).flatMap((template) =>
    ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'].flatMap((type) =>
      Object.entries(template.findResources(type)).map(
        ([id, policy]): [string, z.infer<typeof Statement>[]] => [
          id,
          Policy.parse(policy).Properties.PolicyDocument.Statement,
        ],
      ),
    ),
  );
}

describe('resources that are encrypted with a KMS key of the user', () => {
  const policies = policiesOf(adopted);

  it.each([
    ['access to the table', 'dynamodb:', '', KEYS.table, 'kms:Decrypt'],
    ["reading Kombo's key", 'secretsmanager:GetSecretValue', 'kombosecret', KEYS.komboSecret, 'kms:Decrypt'],
    [
      "reading the webhook's secret",
      'secretsmanager:GetSecretValue',
      'webhooksecret',
      KEYS.webhookSecret,
      'kms:Decrypt',
    ],
    ['reading the secret of Slack', 'secretsmanager:GetSecretValue', 'SlackUrl', KEYS.slack, 'kms:Decrypt'],
    [
      "storing a new value of Kombo's key",
      'secretsmanager:PutSecretValue',
      'kombosecret',
      KEYS.komboSecret,
      'kms:GenerateDataKey',
    ],
  ])(
    'exactly the IAM policies that allow %s also allow the use of the KMS key that encrypts the data',
    (_, action, named, arn, needed) => {
      const users = (policy: z.infer<typeof Statement>[]) =>
        policy.some(
          ({ Action, Resource }) =>
            Action.some((one) => one.startsWith(action)) && JSON.stringify(Resource).includes(named),
        );
      const mayUseKey = (policy: z.infer<typeof Statement>[]) =>
        policy.some(({ Action, Resource }) => Action.includes(needed) && Resource === arn);
      const mayUse = policies.flatMap(([id, policy]) => (users(policy) ? [id] : []));
      expect(mayUse.length).toBeGreaterThan(0);
      expect(policies.flatMap(([id, policy]) => (mayUseKey(policy) ? [id] : []))).toEqual(mayUse);
    },
  );

  it('an IAM policy allows the use of a KMS key only through the AWS service whose data the key encrypts, and without a wildcard', () => {
    const statements = policies.flatMap(([, policy]) =>
      policy.filter(({ Action }) => Action.some((action) => action.startsWith('kms:'))),
    );
    expect(statements.length).toBeGreaterThan(4);
    for (const { Action, Resource, Condition } of statements) {
      expect(Action.every((action) => /^kms:[A-Za-z]+$/.test(action))).toBe(true);
      const service = Resource === KEYS.table ? 'dynamodb' : 'secretsmanager';
      expect(JSON.stringify(Condition)).toMatch(
        new RegExp(`"kms:ViaService":.*"${service}[.]".*"[.]amazonaws[.]com"`),
      );
    }
  });
});

it('no IAM policy has a permission on a KMS key when the settings contain no KMS key', () => {
  const { adopt, ...rest } = adopted;
  const { table, komboSecret, webhookSecret } = { ...adopt };
  const plain = { ...rest, slack: [slack], adopt: { table, komboSecret, webhookSecret } };
  expect(JSON.stringify(policiesOf(plain))).not.toContain('kms:');
});

it.each(['table', 'komboSecret', 'webhookSecret'])(
  'a KMS key for the %s in the setting `adopt` is refused when `adopt` does not contain the resource itself',
  (name) => {
    expect(() => parseSettings({ adopt: { [`${name}Key`]: key('lonely') } }, 'a file')).toThrow(
      `adopt.${name}Key: is only used with an adopted`,
    );
  },
);
