import fc from 'fast-check';

/**
 * Generates random pairs of an event pattern and an event. Patterns have each kind of condition that
 * EventBridge documents, and a third of the patterns have a mistake. Texts, numbers and names come from short
 * lists, so that patterns often match.
 *
 * The patterns do not contain cases in which event-ruler is wrong: a block of all addresses (`0.0.0.0/0`
 * matches numbers and texts), an empty list within `{"anything-but": {...}}` (event-ruler accepts it and then
 * crashes), and characters outside the Basic Multilingual Plane with `equals-ignore-case` (never equal).
 */
const ADDRESSES = ['10.0.0.1', '10.0.1.255', '192.168.0.77', '::1', '0:0:0:0:0:0:0:1', '2001:db8::17'];
const SPECIAL = [...ADDRESSES, '10:30', 'ß', 'SS', '5', 'null', 'AB', '😀a'];
const text = often(
  fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'é', '*', '\\', '.'), maxLength: 3 }),
  fc.constantFrom(...SPECIAL),
);
const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'É', 'ß', '.'), maxLength: 2 });
const number = often(
  fc.constantFrom(-0.5, 0, 0.000001, 1, 5, 300.5),
  fc.constantFrom(-5e9, 5e9, 4_999_999_999, -5),
);
const tooLarge = fc.constantFrom(5_000_000_001, -5e10, 1e300, 123456789012);
const scalar = fc.oneof(text, number, fc.constantFrom(true, false, null));
const anything = fc.oneof(
  scalar,
  fc.constantFrom<unknown>({}, ['a'], [1, 'a'], [null], { prefix: 'a' }, [[]]),
);

/** Generates texts with asterisks and escapes, such as `a*` and `\*b`. */
const wildcard = fc
  .array(fc.constantFrom('a', 'b', 'é', '*', '\\*', '\\\\', '.'), { maxLength: 4 })
  .map((pieces) => pieces.filter((piece, at) => piece !== '*' || pieces[at - 1] !== '*').join(''));
const lower = fc.constantFrom('>', '>=');
const upper = fc.constantFrom('<', '<=');
const comparison = fc.oneof(lower, upper, fc.constant('='));
const limits = fc.tuple(number, number).filter(([low, high]) => low < high);
const numeric = fc.oneof(
  fc.tuple(fc.constant('='), number),
  fc.tuple(
    lower,
    number.filter((low) => low < 5e9),
  ),
  fc.tuple(
    upper,
    number.filter((high) => high > -5e9),
  ),
  fc.tuple(lower, upper, limits).map(([from, to, [low, high]]) => [from, low, to, high]),
);
const affix = fc.oneof(letters, fc.record({ 'equals-ignore-case': letters }));
const filled = letters.filter((one) => one !== '');
const anythingBut = fc.oneof(
  oneOrMore(text),
  oneOrMore(number),
  fc.record({ prefix: oneOrMore(filled) }),
  fc.record({ suffix: oneOrMore(filled) }),
  fc.record({ 'equals-ignore-case': oneOrMore(letters) }),
  fc.record({ wildcard: oneOrMore(wildcard) }),
);
const BLOCKS = ['10.0.0.0/24', '10.0.0.0/8', '192.168.0.64/27', '2001:db8::/32', '::1/127'];
const condition = fc.oneof(
  often(scalar, tooLarge),
  fc.record({ exists: fc.boolean() }),
  fc.record({ prefix: affix }),
  fc.record({ suffix: affix }),
  fc.record({ 'equals-ignore-case': letters }),
  fc.record({ wildcard }),
  fc.record({ numeric }),
  fc.record({ 'anything-but': anythingBut }),
  fc.record({ cidr: fc.constantFrom(...BLOCKS) }),
);

const OPERATORS = [
  'exists',
  'prefix',
  'suffix',
  'equals-ignore-case',
  'wildcard',
  'numeric',
  'anything-but',
  'cidr',
  'regex',
];
const REFUSED_BLOCKS = [
  '10.0.0.1/32',
  '10.0.0.1',
  '::1/128',
  '10.0.0/8',
  '10.0.0.0/-1',
  '10.0.0.0/a',
  'a/8',
  '',
];
const badNumber = fc.oneof(tooLarge, text, fc.constant(null));
/** Generates conditions. Most of them have a mistake. */
const wrongCondition = fc.oneof(
  fc.dictionary(fc.constantFrom(...OPERATORS), anything, { maxKeys: 2 }),
  fc.record({ wildcard: fc.string({ unit: fc.constantFrom('a', '*', '\\'), maxLength: 5 }) }),
  fc.record({ numeric: fc.tuple(comparison, badNumber) }),
  fc.record({ numeric: fc.tuple(comparison, number) }),
  fc.record({ numeric: fc.tuple(comparison, number, comparison, fc.oneof(number, badNumber)) }),
  fc.record({
    numeric: fc.array(fc.oneof(comparison, number, fc.constantFrom('!=', '==')), { maxLength: 6 }),
  }),
  fc.record({ 'anything-but': fc.array(scalar, { maxLength: 3 }) }),
  fc.record({ 'anything-but': tooLarge }),
  fc.record({ 'anything-but': fc.dictionary(fc.constantFrom(...OPERATORS), anything, { maxKeys: 2 }) }),
  fc.record({ cidr: fc.constantFrom(...REFUSED_BLOCKS) }),
  fc.record({ prefix: fc.dictionary(fc.constantFrom(...OPERATORS), anything, { maxKeys: 2 }) }),
  fc.constantFrom<unknown>([], {}, ['a']),
);
const conditions = seldom(
  fc.array(seldom(condition, wrongCondition), { minLength: 1, maxLength: 2 }),
  fc.constantFrom<unknown>([], 'a', 5, null, true, {}),
);
const name = seldom(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('prefix', 'numeric', 'a.b'));

const { pattern } = fc.letrec<{ pattern: object; alternatives: object; field: unknown }>((tie) => ({
  pattern: often(
    fc.dictionary(name, tie('field'), { minKeys: 1, maxKeys: 2 }),
    fc
      .tuple(fc.dictionary(name, tie('field'), { maxKeys: 1 }), tie('alternatives'), fc.boolean())
      .map(([fields, $or, isFirst]) => (isFirst ? { $or, ...fields } : { ...fields, $or })),
  ),
  alternatives: seldom(
    fc.array(tie('pattern'), { minLength: 2, maxLength: 3, depthIdentifier: 'or' }),
    fc.constantFrom<object>({}, [], [{ a: [1] }], ['a', 'b']),
  ),
  field: often(conditions, tie('pattern')),
}));

const { event } = fc.letrec<{ event: object; value: unknown }>((tie) => ({
  event: fc.record({ a: tie('value'), b: tie('value'), c: tie('value') }, { requiredKeys: [] }),
  value: often(scalar, fc.oneof(fc.array(fc.oneof(scalar, tie('event')), { maxLength: 3 }), tie('event'))),
}));

export const patternAndEvent = fc.tuple(pattern, event);

/** Returns an arbitrary that draws from the first arbitrary in four of five cases. */
function often<One, Other>(one: fc.Arbitrary<One>, other: fc.Arbitrary<Other>): fc.Arbitrary<One | Other> {
  return fc.oneof({ weight: 4, arbitrary: one }, { weight: 1, arbitrary: other });
}

/** Returns an arbitrary that draws from the second arbitrary in one of fifteen cases. */
function seldom<One, Other>(one: fc.Arbitrary<One>, other: fc.Arbitrary<Other>): fc.Arbitrary<One | Other> {
  return fc.oneof({ weight: 14, arbitrary: one }, { weight: 1, arbitrary: other });
}

function oneOrMore<Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item | Item[]> {
  return fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 2 }));
}
