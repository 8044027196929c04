import type { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE } from '../../contract/event-source.ts';
import type { WorkflowEvent } from '../../contract/workflow-events.ts';
import { TransientError } from '../../core/errors.ts';

/**
 * Puts one event of a workflow on the bus. The SDK tries again by itself, and then the caller's queue does.
 *
 * @throws TransientError when the bus did not take it
 */
export function createTeller(options: { client: EventBridgeClient; bus: string }) {
  return async ({ type, detail }: WorkflowEvent): Promise<void> => {
    const { Entries } = await options.client.send(
      new PutEventsCommand({
        Entries: [
          {
            EventBusName: options.bus,
            Source: EVENT_SOURCE,
            DetailType: type,
            Detail: JSON.stringify(detail),
            Time: new Date(detail.at),
          },
        ],
      }),
    );
    const code = Entries?.[0]?.ErrorCode;
    if (code !== undefined) throw new TransientError(`EventBridge does not take ${type}: ${code}`, { code });
  };
}
