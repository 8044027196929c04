import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { InvalidPatternError } from '../../../consumers/kit/pattern-condition.ts';
import { matchesPattern } from '../../../local/rules/match-pattern.ts';
import verdicts from './generated/event-ruler-verdicts.json' with { type: 'json' };

const node = z.record(z.string(), z.unknown());
const Verdicts = z.array(z.tuple([z.enum(['refused', 'matches', 'differs']), node, node]));

/**
 * The examples are from EventBridge's user guide and from the README of event-ruler, EventBridge's own
 * matcher.
 */
describe('patterns that match an event', () => {
  const cases: [string, object, object][] = [
    ['an exact value', { source: ['a', 'b'] }, { source: 'b' }],
    ['null', { title: [null] }, { title: null }],
    ['a number', { count: [5] }, { count: 5 }],
    [
      'a nested field',
      { detail: { course: { id: ['c1'] } } },
      { detail: { course: { id: 'c1', title: 'x' } } },
    ],
    ['one item of a list', { changes: ['status'] }, { changes: ['completedAt', 'status'] }],
    ['prefix', { id: [{ prefix: 'moodle:' }] }, { id: 'moodle:1' }],
    ['suffix', { file: [{ suffix: '.pdf' }] }, { file: 'a.pdf' }],
    ['wildcard', { key: [{ wildcard: 'a/*/c*' }] }, { key: 'a/b/cd' }],
    ['a wildcard for any text', { title: [{ wildcard: '*' }] }, { title: '' }],
    ['equals-ignore-case', { tool: [{ 'equals-ignore-case': 'MOODLE' }] }, { tool: 'moodle' }],
    ['anything-but', { status: [{ 'anything-but': ['DROPPED'] }] }, { status: 'COMPLETED' }],
    ['anything-but for null', { status: [{ 'anything-but': 'DROPPED' }] }, { status: null }],
    ['anything-but a prefix', { id: [{ 'anything-but': { prefix: 'a' } }] }, { id: 'b' }],
    ['exists', { title: [{ exists: true }] }, { title: null }],
    ['does not exist', { detail: { replay: { id: [{ exists: false }] } } }, { detail: {} }],
    ['a value or absence', { replay: { consumer: ['me', { exists: false }] } }, {}],
    ['absence in an object', { replay: { consumer: ['me', { exists: false }] } }, { replay: { id: 'r' } }],
    ['numeric', { n: [{ numeric: ['>', 0, '<=', 5] }] }, { n: 5 }],
    ['$or', { $or: [{ a: [1] }, { b: { c: [2] } }] }, { b: { c: 2 } }],
    ['objects in a list', { items: { id: ['2'] } }, { items: [{ id: '1' }, { id: '2' }] }],
  ];
  test.each(cases)(
    'on one machine, an event pattern matches its event in the case "%s"',
    (_, pattern, event) => expect(matchesPattern(pattern, event)).toBe(true),
  );
});

describe('patterns that do not match an event', () => {
  const cases: [string, object, object][] = [
    ['another value', { source: ['a'] }, { source: 'b' }],
    ['an absent field', { source: ['a'] }, {}],
    ['a text for a number', { count: [5] }, { count: '5' }],
    ['null for absence', { title: [null] }, {}],
    ['exists: false for null', { title: [{ exists: false }] }, { title: null }],
    ['a value or exists: false for null', { title: ['x', { exists: false }] }, { title: null }],
    ['one of two fields', { a: [1], b: [2] }, { a: 1, b: 3 }],
    ['anything-but of an absent field', { status: [{ 'anything-but': ['x'] }] }, {}],
    ['a wildcard for null', { title: [{ wildcard: '*' }] }, { title: null }],
    ['a prefix of a number', { n: [{ prefix: '1' }] }, { n: 12 }],
    ['exists for an object', { replay: [{ exists: true }] }, { replay: { id: 'r' } }],
    ['out of range', { n: [{ numeric: ['>', 0, '<', 5] }] }, { n: 5 }],
    ['neither of $or', { $or: [{ a: [1] }, { b: [2] }] }, { a: 2, b: 1 }],
    ['an empty list', { changes: ['status'] }, { changes: [] }],
  ];
  test.each(cases)(
    'on one machine, an event pattern does not match its event in the case "%s"',
    (_, pattern, event) => expect(matchesPattern(pattern, event)).toBe(false),
  );
});

describe('conditions on a list of objects', () => {
  const items = [
    { id: '1', status: 'a' },
    { id: '2', status: 'b' },
  ];
  const cases: [string, object, boolean][] = [
    ['in the same object match', { items: { id: ['1'], status: ['a'] } }, true],
    ['in different objects do not match', { items: { id: ['1'], status: ['b'] } }, false],
    [
      'match a field that the object does not have',
      { items: { id: ['1'], title: [{ exists: false }] } },
      true,
    ],
  ];
  test.each(cases)(
    'on one machine, conditions of an event pattern on a list of objects %s',
    (_, pattern, matches) => expect(matchesPattern(pattern, { items })).toBe(matches),
  );
});

describe('wildcards in a pattern', () => {
  const cases: [string, string, boolean][] = [
    ['a*b', 'a*b', true],
    ['a\\*b', 'a*b', true],
    ['a\\*b', 'axb', false],
    ['a\\\\*', 'a\\b', true],
    ['a\\\\*', 'ab', false],
    ['*a*a', 'a', false],
    ['*', '', true],
  ];
  test.each(cases)(
    'on one machine, the wildcard %s of an event pattern matches the text %s: %s',
    (wildcard, value, matches) => expect(matchesPattern({ a: [{ wildcard }] }, { a: value })).toBe(matches),
  );
});

test('on one machine, event patterns compare numbers to six decimal places, and IP addresses in every notation or by CIDR block', () => {
  expect(matchesPattern({ n: [0.1] }, { n: 0.1000000001 })).toBe(true);
  expect(matchesPattern({ n: [123456789012] }, { n: 123456789012 })).toBe(true);
  expect(matchesPattern({ ip: ['::1'] }, { ip: '0:0:0:0:0:0:0:1' })).toBe(true);
  expect(matchesPattern({ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.0.77' })).toBe(true);
  expect(matchesPattern({ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.1.77' })).toBe(false);
});

test("the local matcher of event patterns gives the same results as EventBridge's event-ruler gave for recorded examples", () => {
  for (const [verdict, pattern, event] of Verdicts.parse(verdicts)) {
    const ours = () => (matchesPattern(pattern, event) ? 'matches' : 'differs');
    if (verdict === 'refused') expect(ours, JSON.stringify(pattern)).toThrow(InvalidPatternError);
    else expect(ours(), JSON.stringify([pattern, event])).toBe(verdict);
  }
});
