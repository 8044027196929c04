import {
  DescribeEventBusCommand,
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandInput,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { callFailure } from './outcome.ts';

/** The function that sends a `PutEvents` request. A simulation or a counter can replace it. */
export type PutEvents = (input: PutEventsCommandInput) => Promise<PutEventsCommandOutput>;

export function putEventsCall(client: EventBridgeClient): PutEvents {
  return (input) => client.send(new PutEventsCommand(input));
}

/**
 * Checks that a bus (name or ARN) exists, since `PutEvents` accepts events for any name.
 *
 * @throws DeploymentError when there is no such bus or AWS denies access, otherwise TransientError
 */
export async function findBus(client: EventBridgeClient, bus: string): Promise<void> {
  try {
    await client.send(new DescribeEventBusCommand({ Name: bus }));
  } catch (error) {
    throw callFailure(error, bus);
  }
}
