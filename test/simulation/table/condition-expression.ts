import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  beginsWith,
  compareValues,
  containsValue,
  equalValues,
  type Item,
  sizeOf,
  typeOf,
} from './attribute-values.ts';
import { readTokens, type TokenReader } from './expression-tokens.ts';

/** The names and values of the placeholders of a request. */
export type Placeholders = {
  names?: Record<string, string> | undefined;
  values?: Record<string, AttributeValue> | undefined;
};

export type Operand = (item: Item, placeholders: Placeholders) => AttributeValue | undefined;
export type Condition = (item: Item, placeholders: Placeholders) => boolean;

const parsed = new Map<string, Condition>();

/**
 * Returns the condition, key condition or filter as a function of an item. A missing item is treated as an
 * empty item.
 */
export function parseCondition(expression: string): Condition {
  const found = parsed.get(expression);
  if (found !== undefined) return found;
  const tokens = readTokens(expression);
  const condition = parseOr(tokens);
  if (tokens.peek() !== undefined) throw new Error(`unread words in the condition "${expression}"`);
  parsed.set(expression, condition);
  return condition;
}

function parseOr(tokens: TokenReader): Condition {
  const left = parseAnd(tokens);
  if (!tokens.accept('OR')) return left;
  const right = parseOr(tokens);
  return (item, placeholders) => left(item, placeholders) || right(item, placeholders);
}

function parseAnd(tokens: TokenReader): Condition {
  const left = parseNot(tokens);
  if (!tokens.accept('AND')) return left;
  const right = parseAnd(tokens);
  return (item, placeholders) => left(item, placeholders) && right(item, placeholders);
}

function parseNot(tokens: TokenReader): Condition {
  if (tokens.accept('NOT')) {
    const inner = parseNot(tokens);
    return (item, placeholders) => !inner(item, placeholders);
  }
  if (tokens.accept('(')) {
    const inner = parseOr(tokens);
    tokens.expect(')');
    return inner;
  }
  return parseTest(tokens);
}

type Test = (value: AttributeValue | undefined, argument: AttributeValue | undefined) => boolean;

const TESTS: Record<string, Test> = {
  attribute_exists: (value) => value !== undefined,
  attribute_not_exists: (value) => value === undefined,
  attribute_type: (value, type) => value !== undefined && typeOf(value) === type?.S,
  begins_with: beginsWith,
  contains: containsValue,
};

const COMPARISONS: Record<string, Test> = {
  '=': equalValues,
  '<>': (a, b) => !equalValues(a, b),
  '<': (a, b) => (compareValues(a, b) ?? 0) < 0,
  '>': (a, b) => (compareValues(a, b) ?? 0) > 0,
  '<=': (a, b) => (compareValues(a, b) ?? 1) <= 0,
  '>=': (a, b) => (compareValues(a, b) ?? -1) >= 0,
};

function parseTest(tokens: TokenReader): Condition {
  for (const [name, test] of Object.entries(TESTS)) {
    if (tokens.accept(name)) return parseArguments(tokens, test);
  }
  const left = parseOperand(tokens);
  if (tokens.accept('BETWEEN')) {
    const low = parseOperand(tokens);
    tokens.expect('AND');
    const high = parseOperand(tokens);
    return (item, at) =>
      (compareValues(left(item, at), low(item, at)) ?? -1) >= 0 &&
      (compareValues(left(item, at), high(item, at)) ?? 1) <= 0;
  }
  if (tokens.accept('IN')) {
    tokens.expect('(');
    const choices = [parseOperand(tokens)];
    while (tokens.accept(',')) choices.push(parseOperand(tokens));
    tokens.expect(')');
    return (item, at) => choices.some((choice) => equalValues(left(item, at), choice(item, at)));
  }
  const compare = COMPARISONS[tokens.take('mark')];
  if (compare === undefined) throw new Error('a comparison expected');
  const right = parseOperand(tokens);
  return (item, at) => compare(left(item, at), right(item, at));
}

function parseArguments(tokens: TokenReader, test: Test): Condition {
  tokens.expect('(');
  const path = parseOperand(tokens);
  const argument = tokens.accept(',') ? parseOperand(tokens) : () => undefined;
  tokens.expect(')');
  return (item, at) => test(path(item, at), argument(item, at));
}

/** Parses a path, a value, or the size of a path. */
export function parseOperand(tokens: TokenReader): Operand {
  if (tokens.peek()?.kind === 'value') {
    const placeholder = tokens.take('value');
    return (_item, { values }) => values?.[placeholder];
  }
  if (tokens.accept('size')) {
    tokens.expect('(');
    const path = parseOperand(tokens);
    tokens.expect(')');
    return (item, at) => {
      const value = path(item, at);
      const size = value === undefined ? null : sizeOf(value);
      return size === null ? undefined : { N: String(size) };
    };
  }
  const first = tokens.take('name');
  const rest: string[] = [];
  while (tokens.accept('.')) rest.push(tokens.take('name'));
  return (item, { names }) => {
    let value = item[names?.[first] ?? first];
    for (const step of rest) value = value?.M?.[names?.[step] ?? step];
    return value;
  };
}
