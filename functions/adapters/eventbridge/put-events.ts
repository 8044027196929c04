import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsCommandInput,
  type PutEventsCommandOutput,
} from '@aws-sdk/client-eventbridge';

/** The one call the publisher makes, as a function: what a simulation or a counter stands in for. */
export type PutEvents = (input: PutEventsCommandInput) => Promise<PutEventsCommandOutput>;

export function putEventsCall(client: EventBridgeClient): PutEvents {
  return (input) => client.send(new PutEventsCommand(input));
}
