import * as z from 'zod/mini';
import { isEventType } from '../../functions/contract/published-events.ts';
import { type EventText, eventText } from '../messages/event-text.ts';

/** An event as a rule passes it on, live or replayed. */
const DeliveredEvent = z.object({ 'detail-type': z.string(), detail: z.unknown() });

/** The parts of an SQS event that are needed. */
const QueueEvent = z.object({ Records: z.array(z.object({ body: z.string() })) });

/**
 * The function of a channel: sends a message for each event of its queue. The queue passes one event per call, so that a
 * call that fails repeats no other message. An event that fails five times becomes a dead letter.
 *
 * @param send lays a text out and sends it
 */
export function channelHandler(send: (text: EventText) => Promise<void>) {
  return async (event: unknown): Promise<void> => {
    for (const { body } of QueueEvent.parse(event).Records) await send(textOf(JSON.parse(body)));
  };
}

/**
 * What a message says about an event that a rule passed on.
 *
 * @throws Error when it is not an event of Schoolbell
 */
export function textOf(event: unknown): EventText {
  const { 'detail-type': detailType, detail } = DeliveredEvent.parse(event);
  const type = detailType.replace(/^Replayed/, '');
  if (!isEventType(type)) throw new Error('The queue of a channel holds a message that is not an event');
  return eventText(type, detail);
}
