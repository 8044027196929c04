import { addressOf, cidrBlock } from './ip-address.ts';

/** Never an object or a list. */
export type EventValue = string | number | boolean | null;

type Test = (value: EventValue) => boolean;

/** The field is absent, or the function returns true for its value. */
export type Condition = 'absent' | Test;

/** Returns false for a list. */
export function isObject(value: unknown): value is { [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export class InvalidPatternError extends Error {
  override name = 'InvalidPatternError';
}

/**
 * Parses an item of a pattern's list: a value, or an object with one operator.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws InvalidPatternError for an item that EventBridge refuses
 */
export function conditionOf(item: unknown): Condition {
  if (typeof item === 'string') return equalText(item);
  if (typeof item === 'number') return equalNumber(item);
  if (typeof item === 'boolean' || item === null) return (value) => value === item;
  const [operator, argument] = operatorIn(item);
  switch (operator) {
    case 'exists':
      if (typeof argument !== 'boolean')
        throw new InvalidPatternError('The value of "exists" must be true or false');
      return argument ? () => true : 'absent';
    case 'numeric':
      return numeric(argument);
    case 'anything-but':
      return anythingBut(argument);
    case 'cidr': {
      const contains = cidrBlock(textIn(argument, operator));
      if (contains === null) {
        throw new InvalidPatternError(
          'The value of "cidr" must be an IP address and a prefix length below 32 (IPv4) or 128 (IPv6), such as "10.0.0.0/24"',
        );
      }
      return onText(contains);
    }
    case 'exactly': {
      const text = textIn(argument, operator);
      return (value) => value === text;
    }
    default:
      return textCondition(operator, argument);
  }
}

/** `anything-but` can negate each of these operators. */
function textCondition(operator: string, argument: unknown): Test {
  switch (operator) {
    case 'prefix':
    case 'suffix': {
      if (typeof argument !== 'object') return affix(operator, textIn(argument, operator));
      const [inner, text] = operatorIn(argument);
      if (inner !== 'equals-ignore-case') {
        throw new InvalidPatternError(
          `The value of "${operator}" must be a text, or an object such as {"equals-ignore-case": "text"}`,
        );
      }
      return ignoringCase(textIn(text, inner), operator);
    }
    case 'equals-ignore-case':
      return ignoringCase(textIn(argument, operator), 'all');
    case 'wildcard':
      return wildcard(textIn(argument, operator));
    default:
      throw new InvalidPatternError(`EventBridge has no operator "${operator}"`);
  }
}

function affix(side: 'prefix' | 'suffix', text: string): Test {
  return onText((value) => (side === 'prefix' ? value.startsWith(text) : value.endsWith(text)));
}

/** Other spellings of the same IP address are equal. */
function equalText(text: string): Test {
  const address = addressOf(text);
  if (address === null) return (value) => value === text;
  return onText((value) => {
    const other = addressOf(value);
    return other !== null && other.bits === address.bits && other.value === address.value;
  });
}

/** EventBridge compares numbers from `-MOST` to `MOST` with six decimal places. */
const MOST = 5e9;

/** Keeps six decimal places. */
function comparable(number: number): number {
  return Math.trunc(1e6 * (MOST + number));
}

function isComparable(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= MOST;
}

/** A number that is larger than `MOST`, such as an account id, must be exactly equal. */
function equalNumber(number: number): Test {
  if (!isComparable(number)) return (value) => value === number;
  return (value) => isComparable(value) && comparable(value) === comparable(number);
}

function numberIn(argument: unknown, operator: string): number {
  if (isComparable(argument)) return argument;
  throw new InvalidPatternError(`The numbers of "${operator}" must be from -5e9 to 5e9`);
}

/** The argument is such as `["=", 5]`, `["<", 5]` or, with two limits, `[">", 0, "<=", 5]`. */
function numeric(argument: unknown): Test {
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4)) {
    throw new InvalidPatternError(
      'The value of "numeric" must be a list of one or two comparisons, such as [">", 0, "<=", 5]',
    );
  }
  const [comparison, number, upper, most] = argument;
  const first = numberIn(number, 'numeric');
  const isLower = comparison === '>' || comparison === '>=';
  if (argument.length === 4) {
    if (!isLower || (upper !== '<' && upper !== '<=')) {
      throw new InvalidPatternError(
        'Two comparisons of "numeric" must be a lower and an upper limit, such as [">", 0, "<=", 5]',
      );
    }
    return between(first, comparison === '>', numberIn(most, 'numeric'), upper === '<');
  }
  if (comparison === '=') return equalNumber(first);
  if (isLower) return between(first, comparison === '>', MOST, false);
  if (comparison === '<' || comparison === '<=') return between(-MOST, false, first, comparison === '<');
  throw new InvalidPatternError(
    `The operator in "numeric" must be =, <, <=, > or >=, not ${JSON.stringify(comparison)}`,
  );
}

function between(low: number, aboveLow: boolean, high: number, belowHigh: boolean): Test {
  if (low >= high)
    throw new InvalidPatternError(
      `EventBridge refuses limits of "numeric" that are not in order: ${low} is not less than ${high}`,
    );
  const [bottom, top] = [comparable(low), comparable(high)];
  return (value) => {
    if (!isComparable(value)) return false;
    const at = comparable(value);
    return (aboveLow ? at > bottom : at >= bottom) && (belowHigh ? at < top : at <= top);
  };
}

const NEGATED = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard'];

function anythingBut(argument: unknown): Test {
  const excluded = excludedBy(argument);
  return (value) => !excluded.some((isExcluded) => isExcluded(value));
}

function excludedBy(argument: unknown): Test[] {
  if (isObject(argument)) {
    const [operator, texts] = operatorIn(argument);
    if (!NEGATED.includes(operator)) {
      throw new InvalidPatternError(
        `The value of "anything-but" must be one or several texts, one or several numbers, or an object with one of the operators ${NEGATED.join(', ')}`,
      );
    }
    const list: unknown[] = Array.isArray(texts) ? texts : [texts];
    if (list.length === 0)
      throw new InvalidPatternError(`"anything-but" with "${operator}" must have at least one text`);
    return list.map((text) => {
      if (textIn(text, operator) === '' && (operator === 'prefix' || operator === 'suffix')) {
        throw new InvalidPatternError(`"anything-but" with "${operator}" must not have an empty text`);
      }
      return textCondition(operator, text);
    });
  }
  const values: unknown[] = Array.isArray(argument) ? argument : [argument];
  if (values.length > 0 && values.every((value) => typeof value === 'string')) {
    return values.map((text) => (value) => value === text);
  }
  if (values.length > 0 && values.every((value) => typeof value === 'number')) {
    return values.map((number) => equalNumber(numberIn(number, 'anything-but')));
  }
  throw new InvalidPatternError(
    'The value of "anything-but" must be one or several texts, or one or several numbers',
  );
}

/** As in EventBridge, a character matches its lower and its upper case, which can be several characters. */
function ignoringCase(text: string, part: 'prefix' | 'suffix' | 'all'): Test {
  const characters = text
    .split('')
    .map((one) => `(?:${escaped(one.toLowerCase())}|${escaped(one.toUpperCase())})`)
    .join('');
  const expression = new RegExp(
    `${part === 'suffix' ? '' : '^'}${characters}${part === 'prefix' ? '' : '$'}`,
  );
  return onText((value) => expression.test(value));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** `*` matches any text. `\*` and `\\` match an asterisk and a backslash. */
function wildcard(text: string): Test {
  const pieces = text.match(/\\[\\*]|[^\\]/gs) ?? [];
  if (pieces.join('') !== text) {
    throw new InvalidPatternError(
      'In "wildcard", a backslash must be followed by an asterisk or a backslash',
    );
  }
  const parts = [''];
  let before = '';
  for (const piece of pieces) {
    if (piece !== '*') parts.push(`${parts.pop()}${piece.slice(-1)}`);
    else if (before === '*') throw new InvalidPatternError('"wildcard" must not have two asterisks in a row');
    else parts.push('');
    before = piece;
  }
  return onText((value) => hasParts(value, parts));
}

/** Returns whether a text has these parts in this order, with any text between two parts. */
function hasParts(text: string, parts: string[]): boolean {
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  for (const part of others) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}

function onText(test: (text: string) => boolean): Test {
  return (value) => typeof value === 'string' && test(value);
}

function operatorIn(item: unknown): [operator: string, argument: unknown] {
  const [entry, ...others] = isObject(item) ? Object.entries(item) : [];
  if (entry !== undefined && others.length === 0) return entry;
  throw new InvalidPatternError(
    `A condition must be a value, or an object with exactly one operator, not ${JSON.stringify(item)}`,
  );
}

function textIn(argument: unknown, operator: string): string {
  if (typeof argument === 'string') return argument;
  throw new InvalidPatternError(`The value of "${operator}" must be a text, not ${JSON.stringify(argument)}`);
}
