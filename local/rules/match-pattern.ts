import { matchesValue } from './match-value.ts';

/**
 * Whether an event matches an event pattern, as EventBridge decides it: every field of the pattern must hold; a list
 * holds alternatives; `$or` holds whole patterns; of a list in the event, one item has to match. Matchers that
 * EventBridge knows and this does not are refused with an error, never taken for a mismatch.
 *
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export function matchesPattern(pattern: object, event: unknown): boolean {
  return Object.entries(pattern).every(([field, node]) => {
    if (field === '$or') return alternatives(node).some((one) => isNode(one) && matchesPattern(one, event));
    const values = valuesAt(event, field);
    if (Array.isArray(node)) {
      const leaves = values.flatMap(leavesOf);
      return node.some((matcher) => matchesValue(matcher, leaves));
    }
    if (!isNode(node))
      throw new Error(`A pattern holds lists and objects; ${field} has ${JSON.stringify(node)}`);
    // A branch that is absent can still match: `{ replay: { id: [{ exists: false }] } }`.
    return values.length === 0
      ? matchesPattern(node, undefined)
      : values.some((value) => matchesPattern(node, value));
  });
}

/** The values of a field; several where the path goes through a list of objects. */
function valuesAt(event: unknown, field: string): unknown[] {
  if (Array.isArray(event)) return event.flatMap((item) => valuesAt(item, field));
  return isNode(event) && field in event ? [event[field]] : [];
}

/** What can be matched: `exists` and all else look at leaves only, and an empty list has none. */
function leavesOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  return isNode(value) ? [] : [value];
}

function alternatives(node: unknown): unknown[] {
  if (Array.isArray(node) && node.length > 1) return node;
  throw new Error('$or holds a list of at least two patterns');
}

function isNode(value: unknown): value is { [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
