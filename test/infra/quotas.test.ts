import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { largeSettings } from './largest-settings.ts';
import { resolved } from './resolved.ts';
import { synthesizeAll } from './synthesize.ts';

const Resource = z.object({ Type: z.string(), Properties: z.optional(z.looseObject({})) });
const Resources = z.record(z.string(), Resource);
const Statement = z.looseObject({
  Action: z.union([z.string(), z.array(z.string())]),
  Condition: z.optional(z.record(z.string(), z.record(z.string(), z.unknown()))),
});
const Policy = z.object({ Statement: z.array(Statement) });

/**
 * Returns the name and the count of each thing that a quota of AWS limits, such as the characters of each
 * policy.
 */
type Count = (templates: Record<string, Record<string, unknown>>) => [thing: string, count: number][];

const bytes = (value: unknown) =>
  Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value));

/** Returns a function that applies `count` to each resource of a type. */
function each(type: string, count: (properties: Record<string, unknown>) => number): Count {
  return (templates) =>
    Object.entries(templates).flatMap(([stack, template]) =>
      Object.entries(Resources.parse(template['Resources']))
        .filter(([, resource]) => resource.Type === type)
        .map(([id, resource]): [string, number] => [`${stack}/${id}`, count(resource.Properties ?? {})]),
    );
}

const perStack =
  (part: string): Count =>
  (templates) =>
    Object.entries(templates).map(([stack, template]) => [stack, Object.keys(template[part] ?? {}).length]);

const rulesOfTheBus =
  (isCounted: (properties: Record<string, unknown>) => boolean): Count =>
  (templates) => [
    [
      'the bus',
      each('AWS::Events::Rule', (rule) => (isCounted(rule) ? 1 : 0))(templates).reduce(
        (sum, [, one]) => sum + one,
        0,
      ),
    ],
  ];

const statementsOf = ({ PolicyDocument }: Record<string, unknown>) => Policy.parse(PolicyDocument).Statement;

/** Returns the total size of the inline policies of each role. In a template they are separate resources. */
const inlinePolicies: Count = (templates) => {
  const sums = new Map<string, number>();
  for (const [stack, template] of Object.entries(templates)) {
    for (const { Type, Properties } of Object.values(Resources.parse(template['Resources']))) {
      if (Type !== 'AWS::IAM::Policy') continue;
      const { Roles, PolicyDocument } = z
        .object({ Roles: z.array(z.string()), PolicyDocument: z.unknown() })
        .parse(Properties);
      for (const role of Roles) {
        const name = `${stack}/${role}`;
        sums.set(name, (sums.get(name) ?? 0) + JSON.stringify(PolicyDocument).length);
      }
    }
  }
  return [...sums];
};

const Transformed = z.array(
  z.object({
    InputTransformer: z.optional(
      z.object({ InputPathsMap: z.record(z.string(), z.string()), InputTemplate: z.string() }),
    ),
  }),
);
const transformersOf = ({ Targets }: Record<string, unknown>) =>
  Transformed.parse(Targets).flatMap(({ InputTransformer }) => InputTransformer ?? []);

const SQS = 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html';
const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';
const EVENTS = 'https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html';
const EVENTS_API = 'https://docs.aws.amazon.com/eventbridge/latest/APIReference';
const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html';
const CLOUDFORMATION =
  'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html';
const ALARM = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html';

const length = (property: string) => (properties: Record<string, unknown>) =>
  String(properties[property] ?? '').length;

/** The quotas, each with the page of AWS that documents it, and the function that counts what it limits. */
const QUOTAS: [name: string, most: number, source: string, count: Count][] = [
  [
    'bytes of a queue policy',
    8192,
    SQS,
    each('AWS::SQS::QueuePolicy', ({ PolicyDocument }) => bytes(PolicyDocument)),
  ],
  [
    'statements of a queue policy',
    20,
    SQS,
    each('AWS::SQS::QueuePolicy', (policy) => statementsOf(policy).length),
  ],
  [
    'conditions of a queue policy',
    10,
    SQS,
    each('AWS::SQS::QueuePolicy', (policy) =>
      statementsOf(policy)
        .flatMap(({ Condition = {} }) => Object.values(Condition))
        .reduce((sum, keys) => sum + Object.keys(keys).length, 0),
    ),
  ],
  [
    'actions of a statement of a queue policy',
    7,
    SQS,
    each('AWS::SQS::QueuePolicy', (policy) =>
      Math.max(...statementsOf(policy).map(({ Action }) => [Action].flat().length)),
    ),
  ],
  ["characters of a role's inline policies", 10_240, IAM, inlinePolicies],
  [
    'characters of a managed policy',
    6144,
    IAM,
    each('AWS::IAM::ManagedPolicy', ({ PolicyDocument }) => JSON.stringify(PolicyDocument).length),
  ],
  [
    "characters of a role's trust policy",
    2048,
    IAM,
    each('AWS::IAM::Role', ({ AssumeRolePolicyDocument }) => JSON.stringify(AssumeRolePolicyDocument).length),
  ],
  [
    "bytes of a bus's policy",
    10_240,
    EVENTS,
    each('AWS::Events::EventBusPolicy', ({ Statement }) =>
      bytes({ Version: '2012-10-17', Statement: [Statement] }),
    ),
  ],
  ['characters of an event pattern', 2048, EVENTS, each('AWS::Events::Rule', length('EventPattern'))],
  [
    'targets of a rule',
    5,
    EVENTS,
    each('AWS::Events::Rule', ({ Targets }) => z.array(z.unknown()).parse(Targets).length),
  ],
  ['rules of a bus', 300, EVENTS, rulesOfTheBus(() => true)],
  [
    'rules of a bus with a wildcard',
    30,
    EVENTS,
    rulesOfTheBus(({ EventPattern }) => String(EventPattern).includes('"wildcard"')),
  ],
  [
    'characters of the description of a rule',
    512,
    `${EVENTS_API}/API_PutRule.html`,
    each('AWS::Events::Rule', length('Description')),
  ],
  [
    'paths of an input transformer',
    100,
    `${EVENTS_API}/API_InputTransformer.html`,
    each('AWS::Events::Rule', (rule) =>
      Math.max(0, ...transformersOf(rule).map(({ InputPathsMap }) => Object.keys(InputPathsMap).length)),
    ),
  ],
  [
    'characters of the template of an input transformer',
    8192,
    `${EVENTS_API}/API_InputTransformer.html`,
    each('AWS::Events::Rule', (rule) =>
      Math.max(0, ...transformersOf(rule).map(({ InputTemplate }) => InputTemplate.length)),
    ),
  ],
  [
    'bytes of the variables of a function',
    4096,
    LAMBDA,
    each('AWS::Lambda::Function', ({ Environment }) =>
      Object.entries(
        z.object({ Variables: z.record(z.string(), z.string()) }).parse(Environment).Variables,
      ).reduce((sum, [name, value]) => sum + bytes(name) + bytes(value), 0),
    ),
  ],
  [
    'characters of the description of a function',
    256,
    'https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html',
    each('AWS::Lambda::Function', length('Description')),
  ],
  [
    'characters of the description of an alarm',
    1024,
    ALARM,
    each('AWS::CloudWatch::Alarm', length('AlarmDescription')),
  ],
  [
    'characters of the description of a schedule',
    512,
    'https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html',
    each('AWS::Scheduler::Schedule', length('Description')),
  ],
  [
    'characters of a parameter of Systems Manager',
    4096,
    'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html',
    each('AWS::SSM::Parameter', length('Value')),
  ],
  ['resources of a stack', 500, CLOUDFORMATION, perStack('Resources')],
  ['outputs of a stack', 200, CLOUDFORMATION, perStack('Outputs')],
  ['parameters of a stack', 200, CLOUDFORMATION, perStack('Parameters')],
  [
    'bytes of a template',
    1_000_000,
    CLOUDFORMATION,
    // The CDK writes the template with an indentation of one space.
    (templates) =>
      Object.entries(templates).map(([stack, template]) => [stack, bytes(JSON.stringify(template, null, 1))]),
  ],
];

describe.each(largeSettings)('a deployment with %s', (_, settings) => {
  const templates = Object.fromEntries(
    Object.entries(synthesizeAll(settings)).map(([stack, template]) => [stack, resolved(template.toJSON())]),
  );

  it.each(QUOTAS)(
    'no template exceeds the quota of AWS for the %s, which is %i (%s)',
    (_, most, __, count) => {
      expect(count(templates).filter(([, counted]) => counted > most)).toEqual([]);
    },
  );
});
