import { isSchema, type JsonSchema } from './json-schema.ts';

export type FieldRow = { field: string; type: string; text: string };

/** The fields of a schema, nested ones with their path, as rows of a table. */
export function fieldRows(schema: JsonSchema, prefix = ''): FieldRow[] {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const required = Array.isArray(schema['required']) ? schema['required'] : [];
  return Object.entries(properties).flatMap(([name, property]) => {
    if (!isSchema(property)) return [];
    const field = `${prefix}${name}`;
    const optional = required.includes(name) ? '' : ', optional';
    const text = typeof property['description'] === 'string' ? property['description'] : '';
    const row = { field, type: `${typeOf(property)}${optional}`, text };
    return [row, ...fieldRows(objectOf(property), `${field}.`)];
  });
}

/** The object that a property is or may be: `previous` is one or null. */
function objectOf(property: JsonSchema): JsonSchema {
  const options = Array.isArray(property['anyOf']) ? property['anyOf'] : [];
  return options.filter(isSchema).find(({ type }) => type === 'object') ?? property;
}

function typeOf(property: JsonSchema): string {
  const { type, anyOf, format, items } = property;
  if ('const' in property) return `\`${JSON.stringify(property['const'])}\``;
  const values = property['enum'];
  if (Array.isArray(values)) return values.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (Array.isArray(anyOf)) return anyOf.filter(isSchema).map(typeOf).join(' or ');
  if (format === 'date-time') return 'time';
  if (type === 'array') return `list of ${isSchema(items) ? typeOf(items) : 'anything'}`;
  if (Array.isArray(type)) return type.join(' or ');
  return typeof type === 'string' ? type : 'anything';
}
