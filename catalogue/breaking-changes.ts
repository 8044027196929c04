import { isDeepStrictEqual } from 'node:util';
import { isSchema, type JsonSchema } from './event-schema.ts';

/** The keywords of JSON Schema that contain texts for people. Programs ignore them. */
const WORDS = new Set(['description', 'title', '$schema', 'examples']);

/**
 * Returns the changes that would break a consumer, one line each. New events and new optional fields do not
 * break consumers. A new required field does, because archived events do not have it.
 */
export function breakingChanges(
  before: Record<string, JsonSchema>,
  after: Record<string, JsonSchema>,
): string[] {
  return Object.entries(before).flatMap(([name, schema]) => {
    const now = after[name];
    return now === undefined ? [`${name}: the event was removed`] : compare(schema, now, name);
  });
}

function compare(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const keywords = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keywords].flatMap((keyword) => {
    if (WORDS.has(keyword)) return [];
    if (keyword === 'properties') {
      return compareProperties(before.properties ?? {}, after.properties ?? {}, path);
    }
    if (keyword === 'required') return compareRequired(before, after, path);
    return compareValues(before[keyword], after[keyword], path, keyword);
  });
}

function compareValues(was: unknown, is: unknown, path: string, keyword: string): string[] {
  if (isSchema(was) && isSchema(is)) return compare(was, is, path);
  if (Array.isArray(was) && Array.isArray(is) && was.some(isSchema) && was.length === is.length) {
    return was.flatMap((one, at) => compareValues(one, is[at], path, keyword));
  }
  return isDeepStrictEqual(was, is)
    ? []
    : [`${path}: ${keyword} was ${JSON.stringify(was)} and is now ${JSON.stringify(is)}`];
}

function compareProperties(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
  path: string,
): string[] {
  return Object.entries(before).flatMap(([name, was]) =>
    name in after
      ? compareValues(was, after[name], `${path}.${name}`, 'schema')
      : [`${path}.${name}: the field was removed`],
  );
}

function compareRequired(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const was = before.required ?? [];
  const is = after.required ?? [];
  const kept = after.properties ?? {};
  return [
    ...was
      .filter((name) => !is.includes(name) && name in kept)
      .map((name) => `${path}.${name}: was required and is now optional`),
    ...is
      .filter((name) => !was.includes(name))
      .map((name) => `${path}.${name}: is now required, but earlier events do not have it`),
  ];
}
