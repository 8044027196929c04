import { describe, expect, test } from 'vitest';
import { eventPattern } from '../../../consumers/kit/event-pattern.ts';
import { parsePattern } from '../../../consumers/kit/parse-pattern.ts';

const many = Array.from({ length: 32 }, (_, at) => ({ a: [at] }));

describe('a pattern that EventBridge does not accept', () => {
  const cases: [string, object, RegExp][] = [
    ['an empty pattern', {}, /the event pattern: an empty object/],
    ['an empty object', { detail: { course: {} } }, /"detail.course" .* empty object/],
    ['an empty list', { detail: { tool: [] } }, /"detail.tool" .* empty list/],
    ['a value without a list', { source: 'a' }, /must be a list/],
    ['a list within a list', { a: [['x']] }, /one operator/],
    ['an object without an operator', { a: [{}] }, /one operator/],
    ['two operators', { a: [{ prefix: 'x', suffix: 'y' }] }, /one operator/],
    ['an unknown operator', { a: [{ regex: 'x' }] }, /no operator "regex"/],
    ['two asterisks in a row', { a: [{ wildcard: 'x**y' }] }, /two asterisks/],
    ['a backslash before another character', { a: [{ wildcard: 'x\\y' }] }, /backslash/],
    ['a backslash at the end', { a: [{ wildcard: 'x\\' }] }, /backslash/],
    ['a number above 5e9', { a: [{ numeric: ['<', 5_000_000_001] }] }, /-5e9 to 5e9/],
    ['a number that is a text', { a: [{ numeric: ['=', '5'] }] }, /must be from -5e9/],
    ['a range that contains no number', { a: [{ numeric: ['>', 5, '<', 5] }] }, /5 is not less than 5/],
    ['a limit below the smallest number', { a: [{ numeric: ['<', -5e9] }] }, /not in order/],
    ['two lower limits in "numeric"', { a: [{ numeric: ['>', 1, '>', 2] }] }, /lower and an upper/],
    ['the upper limit first in "numeric"', { a: [{ numeric: ['<', 5, '>', 1] }] }, /lower and an upper/],
    ['an unknown comparison in "numeric"', { a: [{ numeric: ['!=', 1] }] }, /not "!="/],
    ['three values in "numeric"', { a: [{ numeric: ['=', 1, 2] }] }, /one or two comparisons/],
    ['texts and numbers in "anything-but"', { a: [{ 'anything-but': ['x', 1] }] }, /several texts, or/],
    ['an empty "anything-but"', { a: [{ 'anything-but': [] }] }, /one or several texts/],
    ['null in "anything-but"', { a: [{ 'anything-but': [null] }] }, /texts, or one or several numbers/],
    ['a large number in "anything-but"', { a: [{ 'anything-but': 6e9 }] }, /-5e9 to 5e9/],
    [
      'an empty prefix in "anything-but"',
      { a: [{ 'anything-but': { prefix: '' } }] },
      /not have an empty text/,
    ],
    ['no prefix in "anything-but"', { a: [{ 'anything-but': { prefix: [] } }] }, /at least one text/],
    ['"numeric" in "anything-but"', { a: [{ 'anything-but': { numeric: ['=', 1] } }] }, /operators prefix/],
    ['a text for "exists"', { a: [{ exists: 'true' }] }, /true or false/],
    ['a number for "prefix"', { a: [{ prefix: 1 }] }, /must be a text, not 1/],
    ['a CIDR block of one address', { a: [{ cidr: '10.0.0.1/32' }] }, /prefix length/],
    ['one pattern in "$or"', { $or: [{ a: ['x'] }] }, /at least two/],
    [
      'an operator as a field within "$or"',
      { $or: [{ prefix: ['x'] }, { a: ['x'] }] },
      /name of an operator/,
    ],
    ['too many combinations', { $or: many, detail: { $or: many } }, /1024 combinations/],
  ];
  test.each(cases)(
    '`parsePattern` refuses an event pattern that EventBridge does not accept: %s',
    (_, pattern, reason) => expect(() => parsePattern(pattern)).toThrow(reason),
  );
});

test('`eventPattern` refuses a filter that EventBridge does not accept, and the error names the field', () => {
  const where = { course: { title: [{ wildcard: 'Fire**' }] } };
  expect(() => eventPattern(['CourseCompleted'], 'badges', { where })).toThrow(
    'EventBridge refuses "detail.course.title" in the event pattern: "wildcard" must not have two asterisks in a row',
  );
  expect(() => eventPattern(['CourseCompleted'], 'badges', { courses: [] })).toThrow(/"detail.course.id"/);
});
