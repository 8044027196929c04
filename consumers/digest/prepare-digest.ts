import * as z from 'zod/mini';
import { Address } from '../../functions/contract/environment.ts';
import { messageOf } from '../../functions/contract/messages.ts';
import { parsedJson } from '../../functions/contract/parsing.ts';
import type { WorkflowEvent } from '../../functions/contract/workflow-events.ts';
import { DigestItem, summarise } from './summarise.ts';

export const DigestDue = z.object({
  channel: z.string(),
  /** The queue that collects the events of the channel. */
  queueUrl: Address,
});
export type DigestDue = z.infer<typeof DigestDue>;

const MessageBody = parsedJson(DigestItem);

/** SQS hides the message from other receivers for some minutes. */
type Received = { body: string; receipt: string };

export type DigestPorts = {
  /** Returns an empty list when there are no more messages. */
  receive(): Promise<Received[]>;
  remove(receipts: string[]): Promise<void>;
  /** @throws Error when the bus did not accept the event */
  notify(event: WorkflowEvent): Promise<void>;
  clock: () => number;
};

/** Further messages stay in the queue until the next digest. */
const MOST_MESSAGES = 20_000;

/**
 * The share of a call's time for receiving messages. The other two thirds are for publishing the digest and
 * for removing the messages, which is assumed to take about as long as receiving them.
 */
const TIME_TO_RECEIVE = 1 / 3;

type DigestParts = {
  portsOf: (queueUrl: string) => DigestPorts;
  /** For logs and metrics. */
  report: (channel: string, outcome: DigestOutcome) => void;
};

/** `unreadable` is the number of messages that are not events of Schoolbell. */
export type DigestOutcome = { events: number; unreadable: number };

/**
 * Each call prepares one digest. The queue repeats a failed call only when the messages that it received are
 * visible again: see `digest-construct.ts`.
 */
export function digestHandler({ portsOf, report }: DigestParts) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const reserveMs = context.getRemainingTimeInMillis() * (1 - TIME_TO_RECEIVE);
    const timeLeft = () => context.getRemainingTimeInMillis() > reserveMs;
    const { channel, queueUrl } = messageOf(DigestDue, event);
    const outcome = await prepareDigest(channel, { ...portsOf(queueUrl), timeLeft });
    report(channel, outcome);
    if (outcome.unreadable > 0) throw new Error('The queue of the digest has messages that cannot be read');
  };
}

/**
 * Messages are removed after publishing, so that a failure between the two steps repeats a digest, and loses
 * no message. Messages that cannot be read stay in the queue and become dead letters. Without readable
 * messages there is no digest.
 */
async function prepareDigest(
  channel: string,
  { receive, remove, notify, clock, timeLeft }: DigestPorts & { timeLeft: () => boolean },
): Promise<DigestOutcome> {
  const receipts: string[] = [];
  const items: DigestItem[] = [];
  let unreadable = 0;
  while (receipts.length < MOST_MESSAGES && timeLeft()) {
    const messages = await receive();
    if (messages.length === 0) break;
    for (const { body, receipt } of messages) {
      const item = MessageBody.safeParse(body);
      if (item.success) {
        items.push(item.data);
        receipts.push(receipt);
      } else {
        unreadable += 1;
      }
    }
  }
  if (items.length === 0) return { events: 0, unreadable };
  const summary = summarise(items);
  const at = new Date(clock()).toISOString();
  await notify({
    type: 'DigestPrepared',
    detail: { version: 1, id: `digest/${channel}/${at}`, at, channel, ...summary },
  });
  await remove(receipts);
  return { events: summary.events, unreadable };
}
