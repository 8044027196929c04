import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Item, number, validation } from './attribute-values.ts';
import { type Operand, type Placeholders, parseOperand } from './condition-expression.ts';
import { readTokens, type TokenReader } from './expression-tokens.ts';

/**
 * An update as a function: returns the item after the update, as a new object. The parts that it shares with
 * the old item are never changed.
 */
export type Update = (item: Item, placeholders: Placeholders) => Item;

type Action = (before: Item, after: Item, placeholders: Placeholders) => void;

const parsed = new Map<string, Update>();

/**
 * Parses an update expression. Returns a function from the item before the update to the item after it.
 * Supports SET and REMOVE at any depth of maps, and ADD for top-level attributes.
 */
export function parseUpdate(expression: string): Update {
  const found = parsed.get(expression);
  if (found !== undefined) return found;
  const tokens = readTokens(expression);
  const actions: Action[] = [];
  while (tokens.peek() !== undefined) {
    const parseAction = clauseOf(tokens);
    do actions.push(parseAction(tokens));
    while (tokens.accept(','));
  }
  const update: Update = (item, placeholders) => {
    const after = { ...item };
    for (const action of actions) action(item, after, placeholders);
    return after;
  };
  parsed.set(expression, update);
  return update;
}

function clauseOf(tokens: TokenReader): (tokens: TokenReader) => Action {
  if (tokens.accept('SET')) return parseSet;
  if (tokens.accept('REMOVE')) return parseRemove;
  if (tokens.accept('ADD')) return parseAdd;
  throw new Error(`the simulated table knows no clause "${tokens.peek()?.text}"`);
}

function parseSet(tokens: TokenReader): Action {
  const path = parsePath(tokens);
  tokens.expect('=');
  const left = parseSetOperand(tokens);
  const sign = tokens.accept('+') ? 1 : tokens.accept('-') ? -1 : null;
  const right = sign === null ? null : parseSetOperand(tokens);
  return (before, after, at) => {
    const value = left(before, at);
    const result =
      right === null || sign === null
        ? value
        : { N: String(number(value) + sign * number(right(before, at))) };
    if (result === undefined) {
      throw validation('The provided expression refers to an attribute that does not exist in the item');
    }
    place(after, resolve(path, at), result);
  };
}

function parseSetOperand(tokens: TokenReader): Operand {
  if (tokens.accept('if_not_exists')) {
    const [path, fallback] = parsePair(tokens);
    return (item, at) => path(item, at) ?? fallback(item, at);
  }
  if (tokens.accept('list_append')) {
    const [head, tail] = parsePair(tokens);
    return (item, at): AttributeValue => ({ L: [...listOf(head(item, at)), ...listOf(tail(item, at))] });
  }
  return parseOperand(tokens);
}

function parsePair(tokens: TokenReader): [Operand, Operand] {
  tokens.expect('(');
  const first = parseOperand(tokens);
  tokens.expect(',');
  const second = parseOperand(tokens);
  tokens.expect(')');
  return [first, second];
}

function parseRemove(tokens: TokenReader): Action {
  const path = parsePath(tokens);
  return (_before, after, at) => place(after, resolve(path, at), undefined);
}

function parseAdd(tokens: TokenReader): Action {
  const path = parsePath(tokens);
  const amount = parseOperand(tokens);
  return (before, after, at) => {
    const [name = ''] = resolve(path, at);
    const added = amount(before, at);
    if (added?.SS !== undefined)
      after[name] = { SS: [...new Set([...(before[name]?.SS ?? []), ...added.SS])] };
    else after[name] = { N: String(number(before[name] ?? { N: '0' }) + number(added)) };
  };
}

function listOf(value: AttributeValue | undefined): AttributeValue[] {
  if (value?.L === undefined)
    throw validation('An operand in the update expression has an incorrect data type');
  return value.L;
}

type Path = string[];

function parsePath(tokens: TokenReader): Path {
  const path = [tokens.take('name')];
  while (tokens.accept('.')) path.push(tokens.take('name'));
  return path;
}

function resolve(path: Path, { names }: Placeholders): Path {
  return path.map((step) => names?.[step] ?? step);
}

/** Sets or removes the value at a path. The maps on the path are copied. */
function place(map: Item, [name = '', ...rest]: Path, value: AttributeValue | undefined): void {
  if (rest.length === 0) {
    if (value === undefined) delete map[name];
    else map[name] = value;
    return;
  }
  const inner = map[name]?.M;
  if (inner === undefined) {
    throw validation('The document path provided in the update expression is invalid for update');
  }
  const copied = { ...inner };
  place(copied, rest, value);
  map[name] = { M: copied };
}
