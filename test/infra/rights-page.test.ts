import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { synthesizeAll } from './synthesize.ts';

const secret = (name: string) => `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;

/** One of each that can be switched on. */
const EVERYTHING = {
  alarms: 'ops@example.com',
  webhook: true,
  certificates: { revoke: true },
  slack: [
    {
      name: 'training',
      events: ['CourseCompleted' as const],
      via: { way: 'incoming-webhook' as const, url: secret('Slack') },
      digestAt: '17:00',
      timeZone: 'Europe/Berlin',
    },
  ],
  endpoints: [
    {
      name: 'crm',
      events: ['CourseCompleted' as const],
      url: 'https://crm.example.com/events',
      authorization: { type: 'header' as const, header: 'x-api-key', value: secret('Crm') },
    },
  ],
};

const Texts = z.union([z.string(), z.array(z.string())]);
const Statement = z.object({ Action: Texts, Resource: z.unknown() });
const Policy = z.object({
  PolicyDocument: z.object({ Statement: z.array(Statement) }),
  Roles: z.optional(z.array(z.object({ Ref: z.string() }))),
});
const Parameter = z.object({ Default: z.string() });
type Template = ReturnType<typeof synthesizeAll>[string];

test('docs/rights.md has each call that a role may make, and on what', () => {
  expect(readFileSync('docs/rights.md', 'utf8')).toContain(rightsTable());
});

/** `npx vitest run test/infra/rights-page.test.ts` shows the lines that differ. */
function rightsTable(): string {
  const rows = Object.values(synthesizeAll(EVERYTHING)).flatMap(rightsOf);
  return ['| who | may call | on |', '| --- | --- | --- |', ...[...new Set(rows)].sort()].join('\n');
}

function rightsOf(template: Template): string[] {
  const policies = {
    ...template.findResources('AWS::IAM::Policy'),
    ...template.findResources('AWS::IAM::ManagedPolicy'),
  };
  return Object.entries(policies).flatMap(([id, resource]) => {
    const { PolicyDocument, Roles } = Policy.parse(resource['Properties']);
    const who = (Roles?.map(({ Ref }) => Ref) ?? [id]).map(readable).join(', ');
    return PolicyDocument.Statement.flatMap(({ Action, Resource }) => {
      const on = [Resource].flat().map((each) => placeOf(template, each));
      return [Action].flat().map((call) => `| ${who} | \`${call}\` | ${[...new Set(on)].join(', ')} |`);
    });
  });
}

/** Without the hash that the CDK puts behind a logical id. */
function readable(id: string): string {
  return id.replace(/[0-9A-F]{8}$/, '');
}

function placeOf(template: Template, value: unknown): string {
  if (typeof value === 'string') return value === '*' ? 'everything' : `\`${value}\``;
  const json = JSON.stringify(value);
  const name = /"(?:Fn::GetAtt":\["|Ref":")((?!AWS::)[A-Za-z0-9]+)"/.exec(json)?.[1] ?? json;
  const parameter = template.toJSON()['Parameters']?.[name];
  if (parameter === undefined) return readable(name);
  return `the ${Parameter.parse(parameter).Default.split('/').at(-1)}`;
}
