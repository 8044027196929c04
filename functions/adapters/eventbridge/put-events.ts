import {
  DescribeEventBusCommand,
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandInput,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';
import { awsError } from '../aws-errors.ts';

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
    throw awsError(error, {
      temporary: `EventBridge cannot describe the bus ${bus}`,
      refused: [
        `The bus ${bus} cannot be described`,
        'check that it exists, and the policy of the role or user that runs this',
      ],
      codes: /^Validation/,
    });
  }
}
