/**
 * Returns the paths of all nulls in a template. CloudFormation refuses nulls ("'null' values are not allowed
 * in templates"). https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-null-values.html
 */
export function nullsIn(value: unknown, path = ''): string[] {
  if (value === null) return [path];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, part]) => nullsIn(part, `${path}/${name}`));
}
