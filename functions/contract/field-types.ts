import * as z from 'zod/mini';

/**
 * A schema with what it means in words, for JSON Schemas and the catalogue. A copy: one schema can mean something else in
 * each place. Not by zod's check `describe`, which is called for every value that is read: a quarter more of the time
 * that an entry of the journal takes.
 */
export function described<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  const copy = schema.clone();
  z.globalRegistry.add(copy, { description });
  return copy;
}

/** An instant as every Schoolbell event and item writes it: ISO 8601, UTC, milliseconds, e.g. `2026-03-01T09:30:00.000Z`. */
export const Timestamp = z.iso.datetime({ precision: 3 });
export type Timestamp = z.infer<typeof Timestamp>;

/** 0, 1, 2, ... One schema for all of them: each that is built takes its part of a cold start. */
export const WholeNumber = z.int().check(z.nonnegative());

/** 1, 2, 3, ... */
export const PositiveNumber = z.int().check(z.positive());
