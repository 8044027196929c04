import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { breakingChanges } from '../../catalogue/breaking-changes.ts';
import { jsonSchemaOf } from '../../catalogue/event-schema.ts';

const Version1 = z.object({
  id: z.string(),
  status: z.enum(['A', 'B']),
  place: z.object({ entry: z.int() }).nullable(),
  note: z.string().optional(),
  tags: z.array(z.enum(['x', 'y'])),
});
const changes = (after: z.ZodType) =>
  breakingChanges(
    { Event: jsonSchemaOf(Version1, 'draft-2020-12') },
    { Event: jsonSchemaOf(after, 'draft-2020-12') },
  );

describe('what breaks a consumer', () => {
  const breaking: [string, z.ZodType, RegExp][] = [
    ['a field that is gone', Version1.omit({ id: true }), /Event\.id: the field is gone/],
    ['an optional field that is gone', Version1.omit({ note: true }), /Event\.note: the field is gone/],
    [
      'a field that became optional',
      Version1.extend({ id: z.string().optional() }),
      /Event\.id: was required/,
    ],
    ['a field that became nullable', Version1.extend({ id: z.string().nullable() }), /Event\.id: /],
    ['a value that is new', Version1.extend({ status: z.enum(['A', 'B', 'C']) }), /Event\.status: enum/],
    ['a value that is gone', Version1.extend({ status: z.enum(['A']) }), /Event\.status: /],
    ['another type', Version1.extend({ id: z.int() }), /Event\.id: type/],
    [
      'another type deep inside',
      Version1.extend({ place: z.object({ entry: z.string() }).nullable() }),
      /Event\.place\.entry: type/,
    ],
    ['a list of something else', Version1.extend({ tags: z.array(z.string()) }), /Event\.tags/],
    [
      'what was nullable and no longer is',
      Version1.extend({ place: z.object({ entry: z.int() }) }),
      /Event\.place/,
    ],
    [
      'a new field that archived events do not have',
      Version1.extend({ score: z.int() }),
      /Event\.score: is required now/,
    ],
  ];
  test.each(breaking)('%s', (_, after, line) => {
    expect(changes(after)).toEqual(expect.arrayContaining([expect.stringMatching(line)]));
  });

  test('an event that is gone', () => {
    expect(breakingChanges({ Event: {} }, {})).toEqual(['Event: the event is gone']);
  });
});

describe('what does not', () => {
  test('no change', () => expect(changes(Version1)).toEqual([]));
  test('an optional field', () => {
    expect(changes(Version1.extend({ score: z.int().optional() }))).toEqual([]);
  });
  test('other words', () => {
    expect(changes(Version1.extend({ id: z.string().describe('the id') }))).toEqual([]);
  });
  test('a new event', () => expect(breakingChanges({}, { Event: {} })).toEqual([]));
});
