import * as z from 'zod/mini';

/**
 * Returns a copy of a schema with a description for the JSON Schemas and the catalogue. zod's own `describe`
 * would run for every value that is parsed: parsing a journal entry would take 25 % longer.
 */
export function described<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  const copy = schema.clone();
  z.globalRegistry.add(copy, { description });
  return copy;
}

/** The format of all times in events and stored items: ISO 8601, UTC, e.g. `2026-03-01T09:30:00.000Z`. */
export const Timestamp = z.iso.datetime({ precision: 3 });
export type Timestamp = z.infer<typeof Timestamp>;

/** An integer of at least 0. Defined once, since creating a schema takes time at a cold start. */
export const WholeNumber = z.int().check(z.nonnegative());

/** An integer of at least 1. */
export const PositiveNumber = z.int().check(z.positive());
