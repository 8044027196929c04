import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod/mini';
import type { WithheldResource } from './fit-template.ts';

const Connection = z.object({
  Description: z.string(),
  AuthorizationType: z.enum(['API_KEY', 'BASIC']),
  AuthParameters: z.object({
    ApiKeyAuthParameters: z.optional(z.object({ ApiKeyName: z.string(), ApiKeyValue: z.string() })),
    BasicAuthParameters: z.optional(z.object({ Username: z.string(), Password: z.string() })),
  }),
});

const ApiDestination = z.object({
  Description: z.string(),
  ConnectionArn: z.string(),
  InvocationEndpoint: z.string(),
  HttpMethod: z.enum(['POST']),
  InvocationRateLimitPerSecond: z.number(),
});

/**
 * Creates the connections and API destinations of the synthesised templates, as CloudFormation would.
 *
 * @param options.server the URL of a server that replaces the servers on the internet: `https://HOST/PATH`
 *   becomes `SERVER/HOST/PATH`
 */
export async function createApiDestinations(
  withheld: WithheldResource[],
  { server }: { server: string },
): Promise<void> {
  const events = new EventBridgeClient({});
  const of = (type: string) => withheld.filter((resource) => resource.type === type);
  for (const { name, properties } of of('AWS::Events::Connection')) {
    const connection = Connection.parse(await resolved(properties));
    await events.send(new CreateConnectionCommand({ Name: name, ...connection }));
  }
  for (const { name, properties } of of('AWS::Events::ApiDestination')) {
    const destination = ApiDestination.parse(await resolved(properties));
    const endpoint = destination.InvocationEndpoint.replace(/^https:\//, server);
    await events.send(
      new CreateApiDestinationCommand({ Name: name, ...destination, InvocationEndpoint: endpoint }),
    );
  }
}

/**
 * A reference to a secret: `{{resolve:secretsmanager:ARN:SecretString:::}}`, in which the key, the stage and
 * the version are empty.
 */
const REFERENCE = /\{\{resolve:secretsmanager:(arn:(?:[^:]+:){5}[^:]+)(?::SecretString:*)?\}\}/g;

/** Returns a value in which each reference to a secret is replaced by the secret's value. */
async function resolved(properties: object): Promise<unknown> {
  const text = JSON.stringify(properties);
  const values = new Map<string, string>();
  for (const [, arn = ''] of text.matchAll(REFERENCE)) values.set(arn, await secretValue(arn));
  return JSON.parse(
    text.replaceAll(REFERENCE, (_, arn: string) => JSON.stringify(values.get(arn)).slice(1, -1)),
  );
}

async function secretValue(arn: string): Promise<string> {
  const { SecretString = '' } = await new SecretsManagerClient({}).send(
    new GetSecretValueCommand({ SecretId: arn }),
  );
  return SecretString;
}
