import { expect, it } from 'vitest';
import * as z from 'zod/mini';
import { parseSettings } from '../../infra/read-settings.ts';
import type { SettingsInput } from '../../infra/settings.ts';
import { resolved } from './resolved.ts';
import { synthesizeAll } from './synthesize.ts';

const OPERATORS = [
  'arn:aws:iam::123456789012:role/operators',
  'arn:aws:iam::123456789012:role/sso/*/Admin_*',
];
const ALL_SENDERS = {
  certificates: {},
  slack: [
    {
      name: 'daily',
      events: ['CourseCompleted'],
      via: {
        way: 'incoming-webhook',
        url: 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:Slack-AbCdEf',
      },
      digestAt: '17:00',
    },
  ],
  operators: OPERATORS,
} satisfies SettingsInput;

const Statement = z.strictObject({
  Sid: z.string(),
  Effect: z.literal('Deny'),
  Principal: z.union([z.literal('*'), z.object({ AWS: z.literal('*') })]),
  Action: z.literal('events:PutEvents'),
  Resource: z.string(),
  Condition: z.strictObject({
    'ForAnyValue:StringEquals': z.strictObject({ 'events:source': z.string() }),
    ArnNotLike: z.strictObject({ 'aws:PrincipalArn': z.array(z.string()) }),
  }),
});
const Resources = z.record(
  z.string(),
  z.object({ Type: z.string(), Properties: z.optional(z.record(z.string(), z.unknown())) }),
);

function resourcesOf(settings: SettingsInput) {
  return Object.entries(synthesizeAll(settings)).flatMap(([, template]) =>
    Object.entries(Resources.parse(resolved(template.toJSON())['Resources'])),
  );
}

function statementOf(settings: SettingsInput) {
  const policies = resourcesOf(settings).filter(([, { Type }]) => Type === 'AWS::Events::EventBusPolicy');
  expect(policies).toHaveLength(1);
  return Statement.parse(policies[0]?.[1].Properties?.['Statement']);
}

/**
 * Returns whether the policy of the bus denies a request. It does if all conditions of its deny statement are
 * true. `ForAnyValue` is true when the condition is true for one of the request's values. A negated operator
 * is true when none of its values matches, or when the key is missing.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html,
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
function isDenied(settings: SettingsInput, principal: string | null, sources: string[]): boolean {
  const { 'ForAnyValue:StringEquals': source, ArnNotLike } = statementOf(settings).Condition;
  const isLike = (pattern: string) =>
    new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`).test(
      principal ?? '',
    );
  return (
    sources.some((one) => one === source['events:source']) &&
    (principal === null || !ArnNotLike['aws:PrincipalArn'].some(isLike))
  );
}

const ours = (name = 'Schoolbell') =>
  `arn:aws:iam::123456789012:role/schoolbell/${name}/SchoolbellNotifier-Poll-1ABC`;

it.each([
  [
    "denies another role's event with the source `schoolbell`",
    'arn:aws:iam::123456789012:role/developer',
    ['schoolbell'],
    true,
  ],
  [
    "denies an administrator's event with the source `schoolbell`",
    'arn:aws:iam::123456789012:role/Admin',
    ['schoolbell'],
    true,
  ],
  ["denies the event of another deployment's function", ours('Other'), ['schoolbell'], true],
  [
    "denies the event of a role whose name looks like the path of the functions' roles",
    'arn:aws:iam::123456789012:role/schoolbell',
    ['schoolbell'],
    true,
  ],
  [
    "denies the event of another account's role with the same path and name",
    ours().replace('123456789012', '210987654321'),
    ['schoolbell'],
    true,
  ],
  ["denies an event of the account's root user", 'arn:aws:iam::123456789012:root', ['schoolbell'], true],
  ['denies an event that a rule of another bus forwards without a role', null, ['schoolbell'], true],
  [
    'denies a request with one forged event among others',
    'arn:aws:iam::123456789012:role/developer',
    ['app', 'schoolbell'],
    true,
  ],
  [
    "allows another role's events with other sources",
    'arn:aws:iam::123456789012:role/developer',
    ['app', 'schoolbell2'],
    false,
  ],
  ['allows the event of a function of the same deployment', ours(), ['schoolbell'], false],
  [
    'allows the event of an operator in the settings',
    'arn:aws:iam::123456789012:role/operators',
    ['schoolbell'],
    false,
  ],
  [
    'allows the event of a role that matches an operator with wildcards in the settings',
    'arn:aws:iam::123456789012:role/sso/eu/Admin_0a1b',
    ['schoolbell'],
    false,
  ],
] as const)('the policy of the bus that Schoolbell creates %s', (_, principal, sources, denied) => {
  expect(isDenied(ALL_SENDERS, principal, [...sources])).toBe(denied);
});

it('the policy of the bus that Schoolbell creates allows the events of every role to which the stacks grant PutEvents', () => {
  const resources = resourcesOf(ALL_SENDERS);
  const senders = resources.flatMap(([, { Type, Properties }]) =>
    Type === 'AWS::IAM::Policy' && JSON.stringify(Properties?.['PolicyDocument']).includes('events:PutEvents')
      ? z.array(z.string()).parse(Properties?.['Roles'])
      : [],
  );
  expect(senders).toHaveLength(4);
  for (const sender of senders) {
    const [, role] = resources.find(([id]) => sender.startsWith(id)) ?? [];
    const path = z.string().parse(role?.Properties?.['Path']);
    expect(isDenied(ALL_SENDERS, `arn:aws:iam::123456789012:role${path}${sender}`, ['schoolbell'])).toBe(
      false,
    );
  }
});

it('the bus that Schoolbell creates has its policy even when events are published to another bus', () => {
  const bus = 'arn:aws:events:eu-central-1:123456789012:event-bus/company';
  expect(statementOf({ bus })).toEqual(statementOf({}));
});

it.each([
  'arn:aws:sts::123456789012:assumed-role/operators/me',
  'operators',
  '*',
  'arn:aws:iam::123456789012:root',
])(
  'the operator "%s" in the settings is refused, because it is not the ARN of an IAM role or user',
  (operator) => {
    expect(() => parseSettings({ operators: [operator] }, 'these')).toThrow(/operators\.0: is not the ARN/);
  },
);

it('the settings are refused when the ARNs of the operators do not fit into the policy of the bus', () => {
  const operators = Array.from({ length: 17 }, (_, at) =>
    `arn:aws:iam::123456789012:role/${at}-`.padEnd(500, 'p'),
  );
  expect(() => parseSettings({ operators }, 'these')).toThrow(/operators: has more than 8000 characters/);
  expect(parseSettings({ operators: operators.slice(1) }, 'these').operators).toHaveLength(16);
});
