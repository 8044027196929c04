import { eventTypes } from '../functions/contract/published-events.ts';
import { asyncApi } from './asyncapi.ts';
import { cataloguePage } from './catalogue-page.ts';
import { detailSchema, eventSchema } from './event-schema.ts';
import type { JsonSchema } from './json-schema.ts';

/** Where the baseline of version 1 is kept, below the root. */
export const VERSION_1 = 'docs/events/version-1.json';

/** What `npm run generate:events` writes: the text of each file by its path below the root. */
export function generatedFiles(): Map<string, string> {
  return new Map([
    ...eventTypes.map((type): [string, string] => [`docs/events/${type}.json`, json(eventSchema(type))]),
    ['docs/events/asyncapi.json', json(asyncApi())],
    ['docs/events.md', cataloguePage()],
    [VERSION_1, json(version1())],
  ]);
}

/** The schemas of version 1 as the contract has them now. */
export function version1(): Record<string, JsonSchema> {
  return Object.fromEntries(eventTypes.map((type) => [type, detailSchema(type)]));
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
