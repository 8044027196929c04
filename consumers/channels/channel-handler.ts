import * as z from 'zod/mini';
import { messageOf } from '../../functions/contract/messages.ts';
import { isEventType } from '../../functions/contract/published-events.ts';
import { type EventText, eventText } from '../messages/event-text.ts';

const DeliveredEvent = z.object({ 'detail-type': z.string(), detail: z.unknown() });

/**
 * Returns the handler of a channel's queue. Each call gets one event, so that the retry of a failed call does
 * not repeat other messages. An event that fails five times becomes a dead letter.
 *
 * @param send formats a text for the channel and sends it
 */
export function channelHandler(send: (text: EventText) => Promise<void>) {
  return async (event: unknown): Promise<void> => send(textOf(messageOf(z.unknown(), event)));
}

/** @throws Error when the value is not an event of Schoolbell */
export function textOf(event: unknown): EventText {
  const { 'detail-type': detailType, detail } = DeliveredEvent.parse(event);
  const type = detailType.replace(/^Replayed/, '');
  if (!isEventType(type))
    throw new Error(
      'The queue contains a message that is not an event of Schoolbell. Check which rules send to this queue.',
    );
  return eventText(type, detail);
}
