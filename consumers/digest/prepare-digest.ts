import * as z from 'zod/mini';
import { Address } from '../../functions/contract/environment.ts';
import { described } from '../../functions/contract/field-types.ts';
import type { WorkflowEvent } from '../../functions/contract/workflow-events.ts';
import { DigestItem, summarise } from './summarise.ts';

/** The message that a schedule sends when a digest is due. */
export const DigestDue = z.object({
  channel: z.string(),
  queueUrl: described(Address, 'Where the events of the channel wait'),
});
export type DigestDue = z.infer<typeof DigestDue>;

/** A message that was received. It is hidden from other receivers for some minutes. */
export type Received = { body: string; receipt: string };

export type DigestPorts = {
  /** The next messages; an empty list when there are no more. */
  receive(): Promise<Received[]>;
  remove(receipts: string[]): Promise<void>;
  /** @throws when the event was not accepted */
  notify(event: WorkflowEvent): Promise<void>;
  clock: () => number;
};

/** Further messages wait for the next digest. */
const MOST_MESSAGES = 20_000;

/** The share of the invocation's time in which messages are received. To publish and to remove them takes no longer. */
const TIME_TO_RECEIVE = 1 / 3;

/** The parts of an SQS event that are needed. */
const QueueEvent = z.object({ Records: z.array(z.object({ body: z.string() })) });

export type DigestParts = {
  portsOf: (queueUrl: string) => DigestPorts;
  /** Called with the outcome of each digest, for logs and metrics. */
  report: (channel: string, outcome: DigestOutcome) => void;
};

/** `events`: how many events the digest is about. `unreadable`: messages of the queue that are not events of Schoolbell. */
export type DigestOutcome = { events: number; unreadable: number };

/**
 * The function of all digests, called with one digest when it is due. The queue repeats a failed call after the messages that
 * it had received are visible again: see `digest-construct.ts`.
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
 * Makes one digest of the messages in the queue and publishes it; a rule passes it to its channel. The messages are removed
 * after that, so that a failure in between repeats a digest and loses none. Messages that cannot be read stay in the queue, and
 * become dead letters. Without readable messages there is no digest.
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
