import { type EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import * as z from 'zod/mini';
import { awsError } from '../aws-errors.ts';

/** The part of an event pattern that names the consumer of a rule. */
const Pattern = z.object({ detail: z.object({ replay: z.object({ consumer: z.array(z.unknown()) }) }) });

/**
 * Reads the names of the consumers that the rules of a bus (name or ARN) belong to.
 *
 * @throws DeploymentError when AWS denies the permission; TransientError for temporary failures
 */
export async function readConsumers(client: EventBridgeClient, bus: string): Promise<string[]> {
  const names = new Set<string>();
  let token: string | undefined;
  do {
    const page = await listRules(client, bus, token);
    for (const { EventPattern } of page.Rules ?? []) {
      for (const name of consumersIn(EventPattern)) names.add(name);
    }
    token = page.NextToken;
  } while (token !== undefined);
  return [...names].toSorted();
}

async function listRules(client: EventBridgeClient, bus: string, token: string | undefined) {
  try {
    return await client.send(new ListRulesCommand({ EventBusName: bus, ...(token && { NextToken: token }) }));
  } catch (error) {
    throw awsError(error, {
      temporary: `EventBridge cannot list the rules of bus ${bus}`,
      refused: [
        `EventBridge refuses to list the rules of bus ${bus}`,
        'check your credentials and permissions',
      ],
    });
  }
}

function consumersIn(pattern: string | undefined): string[] {
  // A rule with a schedule has no pattern.
  const parsed = Pattern.safeParse(JSON.parse(pattern ?? '{}'));
  const values = parsed.success ? parsed.data.detail.replay.consumer : [];
  return values.filter((value) => typeof value === 'string');
}
