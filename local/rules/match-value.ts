/**
 * Whether one of a pattern's alternatives matches one of the values of a field. Exact matches compare as JSON does:
 * `"1"` is not `1`, and null is a value.
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

/** Pairs of a comparison and a number, such as `[">", 0, "<=", 5]`. */
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
