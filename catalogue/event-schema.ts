import * as z from 'zod/mini';
import { EVENT_SOURCE } from '../functions/contract/names.ts';
import { detailTypesOf, type EventType, publishedEvents } from '../functions/contract/published-events.ts';
import type { JsonSchema } from './json-schema.ts';
import { meaningOf } from './meanings.ts';

const DRAFTS = {
  'draft-07': 'http://json-schema.org/draft-07/schema#',
  'draft-04': 'http://json-schema.org/draft-04/schema#',
} as const;

export type Draft = keyof typeof DRAFTS;

/**
 * The JSON Schema of an event's `detail`. Fields that it does not name are allowed: a later version 1 may add some.
 */
export function detailSchema(type: EventType, draft: Draft = 'draft-07'): JsonSchema {
  return jsonSchemaOf(publishedEvents[type], draft);
}

/** The JSON Schema of one part of the contract, without `$schema`. */
export function jsonSchemaOf(part: z.ZodMiniType, draft: Draft = 'draft-07'): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(part, {
    io: 'input',
    target: draft,
    override: ({ jsonSchema }) => {
      // The format says it already, and the pattern is 200 characters.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  });
  return schema;
}

/** The JSON Schema of an event as EventBridge delivers it. */
export function eventSchema(type: EventType, draft: Draft = 'draft-07'): JsonSchema {
  const text = { type: 'string' };
  return {
    $schema: DRAFTS[draft],
    title: type,
    description: meaningOf(type),
    type: 'object',
    properties: {
      version: text,
      id: { ...text, description: "EventBridge's own id, new for each delivery: deduplicate by `detail.id`" },
      'detail-type': { ...text, enum: detailTypesOf(type) },
      source: { ...text, enum: [EVENT_SOURCE] },
      account: text,
      time: { ...text, format: 'date-time' },
      region: text,
      resources: { type: 'array', items: text },
      detail: detailSchema(type, draft),
    },
    required: ['id', 'detail-type', 'source', 'time', 'detail'],
  };
}
