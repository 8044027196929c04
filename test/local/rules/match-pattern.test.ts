import { describe, expect, test } from 'vitest';
import { matchesPattern } from '../../../local/rules/match-pattern.ts';

/** Examples of the user guide and of the README of event-ruler, the matcher of EventBridge. */
describe('a pattern matches an event', () => {
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
  test.each(cases)('a pattern matches an event: %s', (_, pattern, event) =>
    expect(matchesPattern(pattern, event)).toBe(true),
  );
});

describe('a pattern does not match an event', () => {
  const cases: [string, object, object][] = [
    ['another value', { source: ['a'] }, { source: 'b' }],
    ['an absent field', { source: ['a'] }, {}],
    ['a text for a number', { count: [5] }, { count: '5' }],
    ['null for absence', { title: [null] }, {}],
    ['absence for null', { title: [{ exists: false }] }, { title: null }],
    ['a value or absence for null', { title: ['x', { exists: false }] }, { title: null }],
    ['one of two fields', { a: [1], b: [2] }, { a: 1, b: 3 }],
    ['anything-but of an absent field', { status: [{ 'anything-but': ['x'] }] }, {}],
    ['a wildcard for null', { title: [{ wildcard: '*' }] }, { title: null }],
    ['a prefix of a number', { n: [{ prefix: '1' }] }, { n: 12 }],
    ['an object where a leaf is asked for', { replay: [{ exists: true }] }, { replay: { id: 'r' } }],
    ['out of range', { n: [{ numeric: ['>', 0, '<', 5] }] }, { n: 5 }],
    ['neither of $or', { $or: [{ a: [1] }, { b: [2] }] }, { a: 2, b: 1 }],
    ['an empty list', { changes: ['status'] }, { changes: [] }],
  ];
  test.each(cases)('a pattern does not match an event: %s', (_, pattern, event) =>
    expect(matchesPattern(pattern, event)).toBe(false),
  );
});

test('a pattern with an unknown operator is refused, and is not counted as a mismatch', () => {
  expect(() => matchesPattern({ ip: [{ cidr: '10.0.0.0/24' }] }, { ip: '10.0.0.1' })).toThrow(/"cidr"/);
  expect(() => matchesPattern({ a: 'x' }, { a: 'x' })).toThrow(/lists and objects/);
});
