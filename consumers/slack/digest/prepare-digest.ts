import * as z from 'zod/mini';
import type { WorkflowEvent } from '../../../functions/contract/workflow-events.ts';
import { DigestDue } from './digest-environment.ts';
import { DigestItem, summarise } from './summarise.ts';

/** A message that was received and is hidden from others for a while. */
export type Received = { body: string; receipt: string };

export type DigestPorts = {
  /** The next messages, none when there are no more. */
  receive(): Promise<Received[]>;
  remove(receipts: string[]): Promise<void>;
  /** @throws when the event was not accepted */
  notify(event: WorkflowEvent): Promise<void>;
  clock: () => number;
};

/** More than this stays for the next digest. */
const MOST_MESSAGES = 20_000;

/** Of the invocation's time: what was received must be published and removed as well, which takes no longer. */
const TIME_TO_RECEIVE = 1 / 3;

/** An SQS event, as far as it is needed. */
const QueueEvent = z.object({ Records: z.array(z.object({ body: z.string() })) });

export type DigestParts = {
  portsOf: (queueUrl: string) => DigestPorts;
  /** Called with what became of each digest, for logs and metrics. */
  report: (channel: string, outcome: DigestOutcome) => void;
};

/** `events`: how many the digest is about. `unreadable`: messages that are in the queue and are none of ours. */
export type DigestOutcome = { events: number; unreadable: number };

/**
 * Called when a digest is due, with one digest a call. The queue repeats a call that failed, later than the messages that
 * the failed call had received are visible again: see `consumers/slack/digest/digest-construct.ts`.
 */
export function digestHandler({ portsOf, report }: DigestParts) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const reserveMs = context.getRemainingTimeInMillis() * (1 - TIME_TO_RECEIVE);
    const timeLeft = () => context.getRemainingTimeInMillis() > reserveMs;
    for (const { body } of QueueEvent.parse(event).Records) {
      const { channel, queueUrl } = DigestDue.parse(JSON.parse(body));
      const outcome = await prepareDigest(channel, { ...portsOf(queueUrl), timeLeft });
      report(channel, outcome);
      if (outcome.unreadable > 0) {
        throw new Error('The queue of the digest has messages that cannot be read');
      }
    }
  };
}

/**
 * Makes one digest of what waits in the queue and publishes it: a rule posts it. The messages are removed after that, so
 * that a failure between the two repeats a digest and loses none. Messages that cannot be read stay, and become dead
 * letters. Without readable messages there is no digest.
 *
 * @param ports.timeLeft whether there is time to receive more
 */
export async function prepareDigest(
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
      const item = DigestItem.safeParse(parseJson(body));
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
