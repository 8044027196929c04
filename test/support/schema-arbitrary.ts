import fc from 'fast-check';
import * as z from 'zod/mini';

/** The part of OpenAPI 3.0's schemas that Kombo's webhooks use. Other schemas are refused. */
const Leaf = { nullable: z.optional(z.boolean()), enum: z.optional(z.array(z.string())) };
export const WebhookSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('string'), format: z.optional(z.string()), ...Leaf }),
  z.strictObject({ type: z.literal('integer'), minimum: z.number() }),
  z.strictObject({
    type: z.literal('array'),
    get items() {
      return WebhookSchema;
    },
  }),
  z.strictObject({
    type: z.literal('object'),
    get properties() {
      return z.record(z.string(), WebhookSchema);
    },
    required: z.array(z.string()),
    additionalProperties: z.literal(false),
  }),
]);
type WebhookSchema = z.infer<typeof WebhookSchema>;

/**
 * Generates any value that a schema allows.
 *
 * @param given generators for all properties with these names
 */
export function valuesOf(
  schema: WebhookSchema,
  given: Record<string, fc.Arbitrary<unknown>> = {},
): fc.Arbitrary<unknown> {
  switch (schema.type) {
    case 'string': {
      const text = schema.enum === undefined ? textOf(schema.format) : fc.constantFrom(...schema.enum);
      return schema.nullable ? fc.option(text) : text;
    }
    case 'integer':
      return fc.integer({ min: schema.minimum });
    case 'array':
      return fc.array(valuesOf(schema.items, given));
    case 'object': {
      const entries = Object.entries(schema.properties).map(
        ([name, property]) => [name, given[name] ?? valuesOf(property, given)] as const,
      );
      const requiredKeys = entries.map(([name]) => name).filter((name) => schema.required.includes(name));
      return fc.record(Object.fromEntries(entries), { requiredKeys });
    }
  }
}

function textOf(format: string | undefined): fc.Arbitrary<string> {
  switch (format) {
    case undefined:
      return fc.string({ unit: 'binary' });
    case 'email':
      return fc.emailAddress();
    case 'uri':
      return fc.webUrl();
    case 'date-time':
      return fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
    default:
      throw new Error(`no texts are known of the format ${format}`);
  }
}
