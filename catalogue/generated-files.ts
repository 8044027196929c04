import { eventTypes } from '../functions/contract/published-events.ts';
import { asyncApi } from './asyncapi.ts';
import { cataloguePage } from './catalogue-page.ts';
import { eventSchema } from './event-schema.ts';

/** What `npm run generate:events` writes: the text of each file by its path below the root. */
export function generatedFiles(): Map<string, string> {
  return new Map([
    ...eventTypes.map((type): [string, string] => [`docs/events/${type}.json`, json(eventSchema(type))]),
    ['docs/events/asyncapi.json', json(asyncApi())],
    ['docs/events.md', cataloguePage()],
  ]);
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
