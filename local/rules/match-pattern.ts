import { parsePattern, type Rule } from '../../consumers/kit/parse-pattern.ts';
import type { EventValue } from '../../consumers/kit/pattern-condition.ts';

/**
 * Returns whether an event matches an event pattern by the rules of event-ruler, EventBridge's own matcher:
 * of a list in the event, one item must match, and conditions on several fields of its objects must match in
 * the same object.
 *
 * @throws InvalidPatternError for a pattern that EventBridge refuses
 */
export function matchesPattern(pattern: object, event: object): boolean {
  const rules = parsePattern(pattern);
  const fields = new Map<string, Field[]>();
  addFields(event, [], new Map(), fields);
  return rules.some((rule) => matchesRule(inOrder(rule), fields, new Map()));
}

/** The lists that contain a field, each with the index of the item. */
type Items = Map<unknown[], number>;
type Field = { value: EventValue; items: Items };

/** Adds the values of an event to `fields`, by path. A value in a list has the path of the list. */
function addFields(node: unknown, path: string[], items: Items, fields: Map<string, Field[]>): void {
  if (Array.isArray(node)) {
    for (const [at, item] of node.entries()) {
      const isLeaf = typeof item !== 'object' || item === null;
      addFields(item, path, isLeaf ? items : new Map([...items, [node, at]]), fields);
    }
  } else if (typeof node === 'object' && node !== null) {
    for (const [name, value] of Object.entries(node)) addFields(value, [...path, name], items, fields);
  } else if (isValue(node)) {
    const name = path.join('.');
    const there = fields.get(name) ?? [];
    there.push({ value: node, items });
    fields.set(name, there);
  }
}

/**
 * Returns the fields of a rule in the order in which event-ruler compares them. The order matters for
 * `exists: false`: a field is absent if the list items in which the earlier fields matched do not have it.
 */
function inOrder(rule: Rule): [string, ReturnType<Rule['get']> & {}][] {
  return [...rule].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** `chosen` has the items of lists in which the earlier fields matched. */
function matchesRule(rule: ReturnType<typeof inOrder>, fields: Map<string, Field[]>, chosen: Items): boolean {
  const [next, ...rest] = rule;
  if (next === undefined) return true;
  const [path, conditions] = next;
  const candidates = (fields.get(path) ?? []).filter(({ items }) => areConsistent(items, chosen));
  if (candidates.length === 0) {
    return conditions.includes('absent') && matchesRule(rest, fields, chosen);
  }
  return candidates.some(
    ({ value, items }) =>
      conditions.some((condition) => condition !== 'absent' && condition(value)) &&
      matchesRule(rest, fields, new Map([...chosen, ...items])),
  );
}

function areConsistent(items: Items, chosen: Items): boolean {
  return [...items].every(([list, at]) => (chosen.get(list) ?? at) === at);
}

function isValue(node: unknown): node is EventValue {
  return node === null || ['string', 'number', 'boolean'].includes(typeof node);
}
