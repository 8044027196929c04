import * as z from 'zod/mini';
import type { SettingsInput } from '../../infra/settings.ts';
import { synthesizeAll } from './synthesize.ts';

/**
 * One permission: who may make which call on which resource. It is a row of docs/iam.md without the column
 * about the code that makes the call.
 */
export type Right = { who: string; call: string; on: string };

/** Settings with every kind of role and resource. */
const SETTINGS = {
  alarms: 'ops@example.com',
  webhook: true,
  certificates: {},
  slack: [
    {
      name: 'learning',
      events: ['CourseCompleted'],
      via: { way: 'incoming-webhook', url: secret('SlackUrl') },
      digestAt: '17:00',
    },
  ],
  endpoints: [
    {
      name: 'crm',
      events: ['CourseCompleted'],
      url: 'https://crm.example.com/events',
      authorization: { type: 'header', header: 'x-api-key', value: secret('Crm') },
    },
  ],
} satisfies SettingsInput;

function secret(name: string): string {
  return `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;
}

/** The names of roles and principals, by the logical ids of the templates. */
const WHO: [RegExp, string][] = [
  [/^PollFunctionRole/, 'poll'],
  [/^DispatchFunctionRole/, 'dispatch'],
  [/^ReplayFunctionRole/, 'replay'],
  [/^WebhookFunctionRole/, 'webhook'],
  [/^CertificatesFunctionRole/, 'certificates'],
  [/^DigestsFunctionRole/, 'digest'],
  [/^Slacklearning\w*FunctionRole/, 'slack'],
  [/^DispatchScheduleRole/, 'the schedule of dispatch'],
  [/^DigestsScheduleRole/, 'the schedules of digests'],
  [/DestinationEventsRole/, 'rules of endpoints'],
  [/^OperatorPolicy/, 'operators'],
  [/^events\.amazonaws\.com$/, 'rules of this account'],
  [/^cloudwatch\.amazonaws\.com$/, 'alarms of this account'],
  [/^delivery\.logs\.amazonaws\.com$/, 'log delivery of this account'],
  [/^\*$/, 'anybody'],
];

/** The names of resources, by their logical ids in the templates. */
const ON: [RegExp, string][] = [
  [/:table\//, 'table'],
  [/schoolbell\w+bus\w+Parameter/, 'bus'],
  [/kombosecret\w+Parameter/, "Kombo's key"],
  [/remoteidskey\w+Parameter/, 'key for hashing ids'],
  [/webhooksecret\w+Parameter/, "the webhook's secret"],
  [/AWS::StackId/, 'its own stack'],
  [/stack\/\w+\/\*/, 'stacks of consumers'],
  [/"PollQueue[0-9A-F]/, 'poll queue'],
  [/"ReplayQueue[0-9A-F]/, 'replay queue'],
  [/"CertificatesQueue[0-9A-F]/, 'certificates queue'],
  [/DigestQueue[0-9A-F]/, 'digest queue'],
  [/DigestsDue[0-9A-F]/, 'due queue of digests'],
  [/Slacklearning\w*Queue[0-9A-F]/, 'queue of a channel'],
  [/secret:Slack/, "the channel's secret"],
  [/DeadLetters[0-9A-F]/, 'dead letters'],
  [/CertificatesBucket.*certificates\/\*/, 'certificates of the bucket'],
  [/CertificatesBucket/, 'certificates bucket'],
  [/FunctionLogs/, 'its log group'],
  [/vendedlogs/, "the bus's log group"],
  [/DispatchFunction/, 'dispatch'],
  [/WebhookFunction/, 'webhook'],
  [/ApiDestination/, 'its API destination'],
  [/AlarmTopic/, 'alarm topic'],
  [/^"\*"$/, 'no resource in particular'],
];

const oneOrMore = <Item>(item: z.ZodMiniType<Item>) =>
  z.pipe(
    z.union([item, z.array(item)]),
    z.transform((found): Item[] => (Array.isArray(found) ? found : [found])),
  );

const Principal = z.union([z.string(), z.record(z.string(), z.string())]);
const Statement = z.object({
  Effect: z.string(),
  Action: oneOrMore(z.string()),
  Principal: z.optional(Principal),
  Resource: oneOrMore(z.unknown()),
});
const Document = z.object({ Statement: z.array(Statement) });
const Resource = z.object({ Type: z.string(), Properties: z.optional(z.record(z.string(), z.unknown())) });
const Roles = z._default(z.array(z.object({ Ref: z.string() })), []);
const Permission = z.object({ Action: z.string(), Principal: z.string(), FunctionName: z.unknown() });

/**
 * Returns all permissions in the templates of a deployment with all options switched on, and of the default
 * deployment.
 */
export function rights(): Right[] {
  const all = [...Object.values(synthesizeAll(SETTINGS)), ...Object.values(synthesizeAll({}))].flatMap(
    (template) =>
      Object.entries(z.record(z.string(), Resource).parse(template.toJSON()['Resources'])).flatMap(
        ([id, { Type, Properties = {} }]) => rightsOf(id, Type, Properties),
      ),
  );
  return [...new Map(all.map((right) => [Object.values(right).join(' '), right])).values()];
}

function rightsOf(id: string, type: string, properties: Record<string, unknown>): Right[] {
  switch (type) {
    case 'AWS::IAM::Policy':
      return Roles.parse(properties['Roles']).flatMap(({ Ref }) =>
        allowed(properties['PolicyDocument'], Ref),
      );
    case 'AWS::IAM::ManagedPolicy':
      return allowed(properties['PolicyDocument'], id);
    case 'AWS::IAM::Role':
      if ('Policies' in properties || 'ManagedPolicyArns' in properties)
        throw new Error(`The policies of ${id} are in the role itself, which this function does not read`);
      return [];
    case 'AWS::Lambda::Permission': {
      const { Action, Principal: principal, FunctionName } = Permission.parse(properties);
      return [{ who: nameOf(principal, WHO), call: Action, on: nameOf(JSON.stringify(FunctionName), ON) }];
    }
    case 'AWS::Events::EventBusPolicy':
      return allowed({ Statement: [properties['Statement']] });
    case 'AWS::Logs::LogGroup':
      return allowed(properties['ResourcePolicyDocument'] ?? { Statement: [] });
    default:
      return type.endsWith('Policy') ? allowed(properties['PolicyDocument']) : [];
  }
}

/**
 * Returns the permissions that a policy document allows.
 *
 * @param role the logical id of the role. Without it, the statements contain their principals
 */
function allowed(document: unknown, role?: string): Right[] {
  return Document.parse(document)
    .Statement.filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Principal: principal = '', Resource: resources }) => {
      const named = role ?? (typeof principal === 'string' ? principal : (Object.values(principal)[0] ?? ''));
      return Action.flatMap((call) =>
        resources.map((resource) => ({
          who: nameOf(named, WHO),
          call,
          on: nameOf(JSON.stringify(resource), ON),
        })),
      );
    });
}

/**
 * Returns the name of a role or resource.
 *
 * @throws Error for a role or resource without a name in the tables above, so that the documentation lists
 *   all of them
 */
function nameOf(text: string, names: [RegExp, string][]): string {
  const found = names.find(([pattern]) => pattern.test(text));
  if (found === undefined) throw new Error(`Name this in test/infra/rights.ts, and in docs/iam.md: ${text}`);
  return found[1];
}
