import { DescribeEventBusCommand, type EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { callFailure } from './call-failure.ts';

/**
 * Makes sure that a bus is there, which `PutEvents` does not: it accepts events for any name.
 *
 * @param bus name or ARN
 * @throws DeploymentError when it is not, or may not be looked at; TransientError when EventBridge cannot be reached
 */
export async function findBus(client: EventBridgeClient, bus: string): Promise<void> {
  try {
    await client.send(new DescribeEventBusCommand({ Name: bus }));
  } catch (error) {
    throw callFailure(error, bus);
  }
}
