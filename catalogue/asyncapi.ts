import { EVENT_SOURCE } from '../functions/contract/names.ts';
import { type EventType, eventTypes } from '../functions/contract/published-events.ts';
import { exampleOf } from './example-events.ts';
import { meaningOf } from './meanings.ts';

/** The AsyncAPI 3 document of the bus: one channel, a message for each event. */
export function asyncApi(): object {
  const messages = Object.fromEntries(eventTypes.map((type) => [type, message(type)]));
  const reference = (type: EventType) => ({ $ref: `#/channels/bus/messages/${type}` });
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Schoolbell',
      version: '1.0.0',
      description: 'What happened on a learning platform, as events on Amazon EventBridge.',
      license: { name: 'MIT' },
    },
    defaultContentType: 'application/json',
    channels: {
      bus: {
        address: 'schoolbell',
        title: 'The event bus',
        description: `Events with the source \`${EVENT_SOURCE}\`. Delivery is at least once and in no certain order.`,
        messages,
      },
    },
    operations: {
      publish: {
        action: 'send',
        channel: { $ref: '#/channels/bus' },
        messages: eventTypes.map(reference),
      },
    },
  };
}

function message(type: EventType): object {
  return {
    name: type,
    title: type,
    summary: meaningOf(type),
    contentType: 'application/json',
    payload: { $ref: `./${type}.json#/properties/detail` },
    examples: [{ name: 'typical', payload: exampleOf(type).detail }],
  };
}
