import type { WorkflowEvent } from '../contract/workflow-events.ts';
import { DigestItem, summarise } from './summarise.ts';

/** A message that was received and is hidden from others for a while. */
export type Received = { body: string; receipt: string };

export type DigestPorts = {
  /** The next messages, none when there are no more. */
  receive(): Promise<Received[]>;
  remove(receipts: string[]): Promise<void>;
  /** @throws when the event was not accepted */
  tell(event: WorkflowEvent): Promise<void>;
  clock: () => number;
};

/** More than this stays for the next digest. */
const MOST_MESSAGES = 20_000;

/**
 * Makes one digest of what waits in the queue, and says so on the bus: a rule posts it. The messages go only after
 * that, so that a failure between the two repeats a digest and loses none. No message, no digest.
 *
 * @returns how many events it tells of
 */
export async function prepareDigest(
  channel: string,
  { receive, remove, tell, clock }: DigestPorts,
): Promise<number> {
  const received: Received[] = [];
  for (let next = await receive(); next.length > 0; next = await receive()) {
    received.push(...next);
    if (received.length >= MOST_MESSAGES) break;
  }
  if (received.length === 0) return 0;
  const summary = summarise(received.map(({ body }) => DigestItem.parse(JSON.parse(body))));
  const at = new Date(clock()).toISOString();
  await tell({
    type: 'DigestPrepared',
    detail: { version: 1, id: `digest/${channel}/${at}`, at, channel, ...summary },
  });
  await remove(received.map(({ receipt }) => receipt));
  return summary.events;
}
