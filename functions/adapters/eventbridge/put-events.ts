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
 * Checks that a bus exists. `PutEvents` does not check this: it accepts events for any name.
 *
 * @param bus name or ARN
 * @throws DeploymentError when the bus does not exist, or AWS denies the permission to describe it;
 *   TransientError when EventBridge cannot be reached
 */
export async function findBus(client: EventBridgeClient, bus: string): Promise<void> {
  try {
    await client.send(new DescribeEventBusCommand({ Name: bus }));
  } catch (error) {
    throw callFailure(error, bus);
  }
}
