/** A JSON Schema, as far as it is looked into here. */
export type JsonSchema = { [keyword: string]: unknown };

/** Whether a value is an object that is no list: a schema, or a map of schemas. */
export function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
