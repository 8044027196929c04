import * as z from 'zod/mini';
import { learningMeanings } from '../functions/contract/learning-events.ts';
import { EVENT_SOURCE } from '../functions/contract/names.ts';
import { operationalMeanings } from '../functions/contract/operational-events.ts';
import { detailTypesOf, type EventType, publishedEvents } from '../functions/contract/published-events.ts';
import { workflowMeanings } from '../functions/contract/workflow-events.ts';

/** A JSON Schema, or a part of one. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Returns whether a value is an object and not a list: a schema, or a map of schemas. */
export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const DRAFTS = {
  'draft-07': 'http://json-schema.org/draft-07/schema#',
  'draft-04': 'http://json-schema.org/draft-04/schema#',
} as const;

type Draft = keyof typeof DRAFTS;

export const meanings: Record<EventType, string> = {
  ...learningMeanings,
  ...operationalMeanings,
  ...workflowMeanings,
};

/** Returns a JSON Schema without `$schema`. It allows more fields, because later releases may add some. */
export function jsonSchemaOf(part: z.ZodMiniType, draft: Draft = 'draft-07'): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(part, {
    io: 'input',
    target: draft,
    override: ({ jsonSchema }) => {
      // The pattern of a date-time has 200 characters, and the format already requires the same.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
      // For `number`, code generators create a floating-point field, which does not fit a version.
      if (jsonSchema.type === 'number' && Number.isInteger(jsonSchema.const)) jsonSchema.type = 'integer';
    },
  });
  return schema;
}

/** Returns the JSON Schema of an event as EventBridge delivers it. */
export function eventSchema(type: EventType, draft: Draft = 'draft-07'): JsonSchema {
  const text = { type: 'string' as const };
  return {
    $schema: DRAFTS[draft],
    title: type,
    description: meanings[type],
    type: 'object',
    properties: {
      version: text,
      id: {
        ...text,
        description: "EventBridge's own id, which is new for each delivery. Deduplicate by `detail.id`",
      },
      'detail-type': { ...text, enum: detailTypesOf(type) },
      source: { ...text, enum: [EVENT_SOURCE] },
      account: text,
      time: { ...text, format: 'date-time' },
      region: text,
      resources: { type: 'array', items: text },
      detail: jsonSchemaOf(publishedEvents[type], draft),
    },
    required: ['id', 'detail-type', 'source', 'time', 'detail'],
  };
}
