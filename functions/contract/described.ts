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
