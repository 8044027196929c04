import { expect, test } from 'vitest';
import { deliveredExample } from '../../../catalogue/examples.ts';
import { channelHandler, textOf } from '../../../consumers/channels/channel-handler.ts';
import type { EventText } from '../../../consumers/messages/event-text.ts';

const recordsOf = (...bodies: string[]) => ({ Records: bodies.map((body) => ({ body })) });
const event = deliveredExample('CourseCompleted');

test('the function of a channel such as Slack sends a message about each event in its queue', async () => {
  const sent: EventText[] = [];
  await channelHandler(async (text) => void sent.push(text))(recordsOf(JSON.stringify(event)));
  expect(sent).toEqual([textOf(event)]);
});

test('the function of a channel such as Slack fails when a message cannot be sent, so that the event stays in the queue', async () => {
  const handle = channelHandler(() => Promise.reject(new Error('refused')));
  await expect(handle(recordsOf(JSON.stringify(event)))).rejects.toThrow('refused');
});

test.each([
  ['a text that is not JSON', 'Ada'],
  ['an event of another source', JSON.stringify({ 'detail-type': 'Order', detail: {} })],
  ['an event without its fields', JSON.stringify(deliveredExample('CourseCompleted', {}))],
])('the function of a channel such as Slack fails for %s and sends no message', async (_, body) => {
  const handle = channelHandler(() => expect.unreachable('a message was sent'));
  await expect(handle(recordsOf(body))).rejects.toThrow();
});
