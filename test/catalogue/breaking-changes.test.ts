import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { breakingChanges } from '../../catalogue/breaking-changes.ts';
import { jsonSchemaOf } from '../../catalogue/event-schema.ts';
import { described } from '../../functions/contract/field-types.ts';

const Version1 = z.object({
  id: z.string(),
  status: z.enum(['A', 'B']),
  place: z.nullable(z.object({ entry: z.int() })),
  note: z.optional(z.string()),
  tags: z.array(z.enum(['x', 'y'])),
});
const changes = (after: z.ZodMiniType) =>
  breakingChanges({ Event: jsonSchemaOf(Version1) }, { Event: jsonSchemaOf(after) });

describe('a change that breaks consumers', () => {
  const breaking: [string, z.ZodMiniType, RegExp][] = [
    ['a removed field', z.omit(Version1, { id: true }), /Event\.id: the field was removed/],
    ['a removed optional field', z.omit(Version1, { note: true }), /Event\.note: the field was removed/],
    [
      'a field that became optional',
      z.extend(Version1, { id: z.optional(z.string()) }),
      /Event\.id: was required/,
    ],
    ['a field that became nullable', z.extend(Version1, { id: z.nullable(z.string()) }), /Event\.id: /],
    [
      'a new value of an enum field',
      z.extend(Version1, { status: z.enum(['A', 'B', 'C']) }),
      /Event\.status: enum/,
    ],
    ['a removed value of an enum field', z.extend(Version1, { status: z.enum(['A']) }), /Event\.status: /],
    ['another type of a field', z.extend(Version1, { id: z.int() }), /Event\.id: type/],
    [
      'another type of a nested field',
      z.extend(Version1, { place: z.nullable(z.object({ entry: z.string() })) }),
      /Event\.place\.entry: type/,
    ],
    ['another type of list items', z.extend(Version1, { tags: z.array(z.string()) }), /Event\.tags/],
    [
      'a nullable field that may no longer be null',
      z.extend(Version1, { place: z.object({ entry: z.int() }) }),
      /Event\.place/,
    ],
    [
      'a new field that archived events do not have',
      z.extend(Version1, { score: z.int() }),
      /Event\.score: is now required/,
    ],
  ];
  test.each(breaking)(
    "a change of an event's schema is a breaking change for consumers: %s",
    (_, after, line) => {
      expect(changes(after)).toEqual(expect.arrayContaining([expect.stringMatching(line)]));
    },
  );

  test('the removal of an event is a breaking change', () => {
    expect(breakingChanges({ Event: {} }, {})).toEqual(['Event: the event was removed']);
  });
});

test('an unchanged schema of an event is not a breaking change', () => expect(changes(Version1)).toEqual([]));
test('a new optional field of an event is not a breaking change', () => {
  expect(changes(z.extend(Version1, { score: z.optional(z.int()) }))).toEqual([]);
});
test("a changed description of an event's field is not a breaking change", () => {
  expect(changes(z.extend(Version1, { id: described(z.string(), 'the id') }))).toEqual([]);
});
test('a new event is not a breaking change', () => expect(breakingChanges({}, { Event: {} })).toEqual([]));
