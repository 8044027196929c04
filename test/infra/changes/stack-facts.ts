import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import * as z from 'zod/mini';
import { nullsIn } from '../nulls.ts';

const Resource = z.object({
  Type: z.string(),
  Properties: z._default(z.record(z.string(), z.unknown()), {}),
  DeletionPolicy: z._default(z.string(), 'Delete'),
});
export type Resource = z.infer<typeof Resource>;

const Template = z.object({
  Resources: z.record(z.string(), Resource),
  Parameters: z._default(
    z.record(z.string(), z.object({ Type: z.string(), Default: z.optional(z.string()) })),
    {},
  ),
});

/** The facts about the template of one stack that decide whether a change of settings is safe. */
export type StackFacts = {
  resources: Map<string, Resource>;
  /** The names of the Systems Manager parameters that the stack reads when it is deployed. */
  reads: string[];
  /**
   * The Systems Manager parameters that the stack writes, with the logical ids that their values refer to.
   */
  writes: Map<string, string[]>;
  /** The type and name of each resource whose name is in the template, by its logical id. */
  names: Map<string, string>;
  /** The exports and imports that connect one stack with another. */
  locks: string[];
  /** The paths of nulls, which CloudFormation refuses. */
  nulls: string[];
};

const specification = loadAwsServiceSpecSync();

/**
 * Returns the documented facts about a resource type:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/
 */
function specified(type: string) {
  const [found] = specification.lookup('resource', 'cloudFormationType', 'equals', type);
  if (found === undefined) throw new Error(`AWS documents no resource type ${type}`);
  return found;
}

/**
 * Returns whether resources of a type hold data. AWS counts event buses as resources without data, but they
 * hold the rules of other systems. Logs may be deleted.
 */
export function holdsData(type: string): boolean {
  if (type === 'AWS::Logs::LogGroup') return false;
  return type === 'AWS::Events::EventBus' || specified(type).isStateful === true;
}

/** Returns whether CloudFormation replaces the resource when this property changes. */
export function replaces(type: string, property: string): boolean {
  const { causesReplacement } = specified(type).properties[property] ?? {};
  return causesReplacement !== undefined && causesReplacement !== 'no';
}

export function stackFacts(json: unknown): StackFacts {
  const { Resources, Parameters } = Template.parse(json);
  const resources = new Map(Object.entries(Resources));
  return {
    resources,
    reads: Object.values(Parameters)
      .filter(({ Type, Default }) => Type.startsWith('AWS::SSM::') && !Default?.startsWith('/cdk-bootstrap/'))
      .map(({ Default = '' }) => Default),
    writes: new Map(
      [...resources.values()]
        .filter(({ Type }) => Type === 'AWS::SSM::Parameter')
        .map(({ Properties }) => [String(Properties['Name']), referredIn(Properties['Value'])]),
    ),
    names: new Map(
      [...resources].flatMap(([id, resource]) => {
        const name = nameOf(resource);
        return name === null ? [] : [[id, name]];
      }),
    ),
    nulls: nullsIn(json),
    locks: ['Fn::ImportValue', 'Fn::GetStackOutput', '"Export"'].filter((lock) =>
      JSON.stringify(json).includes(lock),
    ),
  };
}

/**
 * Returns the type and name of a resource, or null if its name is not in the template. No two resources may
 * have the same type and name at the same time.
 */
function nameOf({ Type, Properties }: Resource): string | null {
  const { primaryIdentifier = [] } = specified(Type);
  const given = primaryIdentifier.map((property) => Properties[property]);
  const isGiven = given.length > 0 && given.every((value) => value !== undefined);
  return isGiven ? `${Type} ${JSON.stringify(given)}` : null;
}

/** Returns the logical ids that a value refers to. */
function referredIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    if (name === 'Ref' && typeof part === 'string') return [part];
    if (name === 'Fn::GetAtt' && Array.isArray(part)) return [String(part[0])];
    return referredIn(part);
  });
}
