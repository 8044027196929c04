/**
 * Whether an event matches an event pattern, by EventBridge's rules. Every field of the pattern must match. A list in
 * the pattern contains alternatives, and `$or` contains alternative patterns. If the event has a list, one of its items
 * must match. Operators that EventBridge supports and this function does not cause an error, never a mismatch.
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
    // An object that is absent from the event can still match: `{ replay: { id: [{ exists: false }] } }`.
    return values.length === 0
      ? matchesPattern(node, undefined)
      : values.some((value) => matchesPattern(node, value));
  });
}

/** Returns the values of a field. There may be several if the path leads through a list of objects. */
function valuesAt(event: unknown, field: string): unknown[] {
  if (Array.isArray(event)) return event.flatMap((item) => valuesAt(item, field));
  return isNode(event) && field in event ? [event[field]] : [];
}

/**
 * Returns the values that operators, including `exists`, are applied to. Objects are not among them, and an empty list
 * has no values.
 */
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

/**
 * Whether one alternative of a pattern matches one of a field's values. Exact matches compare JSON values: `"1"` is not
 * equal to `1`, and null is a value.
 */
export function matchesValue(matcher: unknown, leaves: unknown[]): boolean {
  if (typeof matcher !== 'object' || matcher === null) return leaves.includes(matcher);
  const [[name, argument] = ['', null], ...others] = Object.entries(matcher);
  if (others.length > 0) throw new Error(`A matcher has one operator: ${JSON.stringify(matcher)}`);
  switch (name) {
    case 'exists':
      return leaves.length > 0 === argument;
    case 'prefix':
      return texts(leaves).some((text) => text.startsWith(textIn(argument, name)));
    case 'suffix':
      return texts(leaves).some((text) => text.endsWith(textIn(argument, name)));
    case 'equals-ignore-case':
      return texts(leaves).some((text) => text.toLowerCase() === textIn(argument, name).toLowerCase());
    case 'wildcard': {
      const expression = wildcard(textIn(argument, name));
      return texts(leaves).some((text) => expression.test(text));
    }
    case 'anything-but':
      return leaves.some((leaf) => isAnythingBut(argument, leaf));
    case 'numeric':
      return leaves.some((leaf) => typeof leaf === 'number' && isInRange(argument, leaf));
    default:
      throw new Error(`The local bus does not know the operator "${name}"`);
  }
}

function isAnythingBut(argument: unknown, leaf: unknown): boolean {
  if (typeof argument === 'object' && argument !== null && !Array.isArray(argument)) {
    return !matchesValue(argument, [leaf]);
  }
  return !(Array.isArray(argument) ? argument : [argument]).includes(leaf);
}

/** Whether a number satisfies all comparisons: pairs of an operator and a number, such as `[">", 0, "<=", 5]`. */
function isInRange(comparisons: unknown, value: number): boolean {
  if (!Array.isArray(comparisons) || comparisons.length === 0 || comparisons.length % 2 !== 0) {
    throw new Error('"numeric" holds pairs of a comparison and a number');
  }
  for (let at = 0; at < comparisons.length; at += 2) {
    if (!compares(comparisons[at], value, comparisons[at + 1])) return false;
  }
  return true;
}

function compares(comparison: unknown, value: number, limit: unknown): boolean {
  if (typeof limit !== 'number') throw new Error('"numeric" compares with a number');
  switch (comparison) {
    case '=':
      return value === limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    default:
      throw new Error(`"numeric" does not know ${JSON.stringify(comparison)}`);
  }
}

function wildcard(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}

function texts(leaves: unknown[]): string[] {
  return leaves.filter((leaf) => typeof leaf === 'string');
}

function textIn(argument: unknown, name: string): string {
  if (typeof argument === 'string') return argument;
  throw new Error(`The local bus takes "${name}" with a text only`);
}
