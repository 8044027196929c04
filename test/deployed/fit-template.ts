import * as z from 'zod/mini';

/**
 * The types of resources that are created through the emulator's Events API, and the name of each type in an
 * ARN.
 */
const EVENTS_API = new Map([
  ['AWS::Events::Connection', 'connection'],
  ['AWS::Events::ApiDestination', 'api-destination'],
]);

/** The types of resources for which the emulator's CloudFormation refuses a whole template. */
const REFUSED = [
  ...EVENTS_API.keys(),
  'AWS::Events::EventBusPolicy',
  'AWS::EventSchemas::',
  'AWS::Logs::Delivery',
];

/**
 * On AWS, a permission for one of these actions includes the batch call. The emulator requires a separate
 * permission for the batch call, such as `sqs:SendMessageBatch`.
 */
const BATCHED = ['sqs:SendMessage', 'sqs:DeleteMessage', 'sqs:ChangeMessageVisibility'];

/**
 * AWS requires a permission for each statement of a batch, such as `dynamodb:PartiQLInsert`. The emulator
 * requires a permission for the call, and does not read the table's name from the statements.
 */
const BATCH_OF_STATEMENTS = { Effect: 'Allow', Action: 'dynamodb:BatchExecuteStatement', Resource: '*' };

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.optional(z.record(z.string(), z.unknown())),
});
export const Template = z.looseObject({ Resources: z.record(z.string(), Resource) });
export type Template = z.infer<typeof Template>;

/** A resource that was taken out of a template. */
export const WithheldResource = z.object({
  type: z.string(),
  name: z.string(),
  properties: z.record(z.string(), z.unknown()),
});
export type WithheldResource = z.infer<typeof WithheldResource>;

/**
 * Changes a template so that the emulator's CloudFormation accepts it:
 *
 * - Resources of refused types are withheld. References to connections and API destinations become the ARNs
 *   that the emulator's Events API gives them, if it creates them under the returned names.
 * - A `Ref` to a secret becomes its attribute `Id`, because the emulator returns the name for a `Ref`, and
 *   the ARN only for `Id`.
 * - Policies also allow the batch calls of SQS, and the call of DynamoDB that has several statements.
 * - A function's first layer is unpacked beside the function's folder, not to `/opt`.
 */
export function fitTemplate(
  { Resources, ...rest }: Template,
  { region, account }: { region: string; account: string },
): { template: Template; withheld: WithheldResource[] } {
  const isRefused = ([, { Type }]: [string, { Type: string }]) =>
    REFUSED.some((refused) => Type.startsWith(refused));
  const all = Object.entries(Resources);
  const withheld = all.filter(isRefused);
  const values = new Map<string, unknown>([[JSON.stringify('/opt'), '../layer_0']]);
  for (const [id, { Type }] of all) {
    const kind = EVENTS_API.get(Type);
    const arn = kind && `arn:aws:events:${region}:${account}:${kind}/${nameOf(id)}`;
    for (const attribute of arn ? ['Arn', 'ArnForPolicy'] : []) values.set(attributeOf(id, attribute), arn);
    if (Type === 'AWS::SecretsManager::Secret') {
      values.set(JSON.stringify({ Ref: id }), { 'Fn::GetAtt': [id, 'Id'] });
    }
  }
  const fitted = (node: unknown): unknown => {
    const value = values.get(JSON.stringify(node));
    if (value !== undefined) return value;
    if (Array.isArray(node)) return node.map(fitted);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([name, inner]) => [
        name,
        name === 'Action'
          ? withBatches(inner)
          : name === 'Statement'
            ? withStatements(fitted(inner))
            : fitted(inner),
      ]),
    );
  };
  const kept = Object.fromEntries(all.filter((entry) => !isRefused(entry)));
  return {
    template: Template.parse(fitted({ ...rest, Resources: kept })),
    withheld: withheld.map(([id, { Type: type, Properties }]) => ({
      type,
      name: nameOf(id),
      properties: WithheldResource.shape.properties.parse(fitted(Properties ?? {})),
    })),
  };
}

function withBatches(actions: unknown): unknown[] {
  return [actions]
    .flat()
    .flatMap((action) => (BATCHED.some((name) => name === action) ? [action, `${action}Batch`] : [action]));
}

function withStatements(policy: unknown): unknown {
  const isOfWriter = Array.isArray(policy) && JSON.stringify(policy).includes('dynamodb:PartiQLInsert');
  return isOfWriter ? [...policy, BATCH_OF_STATEMENTS] : policy;
}

function attributeOf(logicalId: string, attribute: string): string {
  return JSON.stringify({ 'Fn::GetAtt': [logicalId, attribute] });
}

/** Returns the name of a resource. The Events API accepts at most 64 characters. */
function nameOf(logicalId: string): string {
  return logicalId.slice(-64);
}
