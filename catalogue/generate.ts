import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { EVENT_SOURCE } from '../functions/contract/names.ts';
import { type EventType, eventTypes } from '../functions/contract/published-events.ts';
import { breakingChanges } from './breaking-changes.ts';
import { cataloguePage } from './catalogue-page.ts';
import { eventSchema, isSchema, type JsonSchema, meanings } from './event-schema.ts';
import { exampleOf } from './examples.ts';

const ROOT = join(import.meta.dirname, '..');
const Schema = z.custom<JsonSchema>(isSchema);

if (import.meta.main) generate();

/** Writes the generated files, unless a change would break consumers of version 1. */
function generate(): void {
  const before = readdirSync(join(ROOT, 'docs/events'))
    .filter((file) => file !== 'asyncapi.json')
    .map((file) => Schema.parse(JSON.parse(readFileSync(join(ROOT, 'docs/events', file), 'utf8'))));
  const broken = breakingChanges(
    Object.fromEntries(before.map((schema) => [schema.title ?? '', schema])),
    Object.fromEntries(eventTypes.map((type) => [type, eventSchema(type)])),
  );
  if (broken.length > 0) {
    console.error(
      `These changes of version 1 would break consumers, so nothing was written:\n  ${broken.join('\n  ')}`,
    );
    process.exitCode = 1;
    return;
  }
  for (const [path, text] of generatedFiles()) writeFileSync(join(ROOT, path), text);
}

/** Returns the text of each file that `npm run generate:events` writes, by its path from the root. */
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

/** Returns the AsyncAPI 3 document of the bus: one channel with a message for each event. */
function asyncApi(): object {
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
        description: `Events with the source \`${EVENT_SOURCE}\`. Delivery is at least once and in any order.`,
        messages: Object.fromEntries(eventTypes.map((type) => [type, message(type)])),
      },
    },
    operations: {
      publish: {
        action: 'send',
        channel: { $ref: '#/channels/bus' },
        messages: eventTypes.map((type) => ({ $ref: `#/channels/bus/messages/${type}` })),
      },
    },
  };
}

function message(type: EventType): object {
  return {
    name: type,
    title: type,
    summary: meanings[type],
    contentType: 'application/json',
    payload: { $ref: `./${type}.json#/properties/detail` },
    examples: [{ name: 'typical', payload: exampleOf(type).detail }],
  };
}
