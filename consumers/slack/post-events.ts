import * as z from 'zod/mini';
import { isEventType } from '../../functions/contract/published-events.ts';
import { eventText } from '../messages/event-text.ts';
import { type SlackMessage, slackMessage } from './slack-message.ts';

/** An event as a rule hands it over, live or replayed. */
const DeliveredEvent = z.object({ 'detail-type': z.string(), detail: z.unknown() });

/** An SQS event, as far as it is needed. */
const QueueEvent = z.object({ Records: z.array(z.object({ body: z.string() })) });

/**
 * Posts the events of a queue to a channel. The queue gives one event a call, so that a call that fails repeats no other
 * message; an event that fails five times becomes a dead letter.
 */
export function slackHandler(post: (message: SlackMessage) => Promise<void>) {
  return async (event: unknown): Promise<void> => {
    for (const { body } of QueueEvent.parse(event).Records) await post(messageOf(JSON.parse(body)));
  };
}

/**
 * The message about an event.
 *
 * @throws Error when it is none of ours
 */
export function messageOf(event: unknown): SlackMessage {
  const { 'detail-type': detailType, detail } = DeliveredEvent.parse(event);
  const type = detailType.replace(/^Replayed/, '');
  if (!isEventType(type)) throw new Error('The queue of a Slack channel holds something that is no event');
  return slackMessage(eventText(type, detail));
}
