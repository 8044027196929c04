import { type Condition, conditionOf, InvalidPatternError, isObject } from './pattern-condition.ts';

/** The conditions by path, such as `detail.course.id`. All fields must match. */
export type Rule = Map<string, Condition[]>;

/**
 * Parses an event pattern as EventBridge does: one rule, or with `$or` several alternative rules. If a
 * pattern has conditions on the same path twice, the later ones apply.
 *
 * Follows event-ruler, EventBridge's own matcher, and the limits in EventBridge's user guide.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws InvalidPatternError for a pattern that EventBridge refuses
 */
export function parsePattern(pattern: object): Rule[] {
  const rules = withFields([new Map()], pattern, [], false);
  if (rules.length > MOST_RULES) {
    throw new InvalidPatternError(
      `"$or" has ${rules.length} combinations, but EventBridge accepts only ${MOST_RULES}`,
    );
  }
  return rules;
}

/**
 * The maximum number of rules of one pattern:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html#eb-filtering-complex-example-or
 */
const MOST_RULES = 1000;

/** A field within `$or` cannot have the name of an operator, also of one that EventBridge may add. */
const RESERVED = new Set(
  `exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex not-wildcard
  not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range ip-address-in-range
  ip-address-not-in-range`.split(/\s+/),
);

/** Adds the conditions of a nested object (`node`, at `path`) to each alternative. `$or` multiplies these. */
function withFields(rules: Rule[], node: object, path: string[], isInOr: boolean): Rule[] {
  const fields = Object.entries(node);
  if (fields.length === 0) throw refused(path, 'an empty object is not allowed');
  let all = rules;
  for (const [name, value] of fields) {
    const here = [...path, name];
    if (name === '$or') {
      all = alternatives(value, here).flatMap((one) =>
        withFields(
          all.map((rule) => new Map(rule)),
          one,
          path,
          true,
        ),
      );
    } else if (isInOr && RESERVED.has(name)) {
      throw refused(here, 'a field within "$or" cannot have the name of an operator');
    } else if (Array.isArray(value)) {
      const conditions = conditionsOf(value, here);
      for (const rule of all) rule.set(here.join('.'), conditions);
    } else if (isObject(value)) {
      all = withFields(all, value, here, isInOr);
    } else {
      throw refused(here, 'the value of a field must be a list of alternatives, or an object');
    }
  }
  return all;
}

function alternatives(value: unknown, path: string[]): object[] {
  if (Array.isArray(value) && value.length > 1 && value.every(isObject)) return value;
  throw refused(path, 'the value of "$or" must be a list of at least two patterns');
}

function conditionsOf(list: unknown[], path: string[]): Condition[] {
  if (list.length === 0) throw refused(path, 'an empty list is not allowed: it would match nothing');
  try {
    return list.map(conditionOf);
  } catch (error) {
    throw error instanceof InvalidPatternError ? refused(path, error.message) : error;
  }
}

function refused(path: string[], reason: string): InvalidPatternError {
  const where = path.length === 0 ? 'the event pattern' : `"${path.join('.')}" in the event pattern`;
  return new InvalidPatternError(`EventBridge refuses ${where}: ${reason}`);
}
