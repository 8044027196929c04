import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { parsedJson } from '../../functions/contract/parsing.ts';

const Schema = parsedJson(z.object({ name: z.string() }));

test('a text is parsed as JSON, and the value is then checked by the schema that is passed', () => {
  expect(Schema.parse('{"name":"a"}')).toEqual({ name: 'a' });
  expect(Schema.safeParse('{"name":1}').error?.issues).toMatchObject([{ path: ['name'] }]);
});

test.each(['', '{', '{"name":"a"}}', 'undefined'])(
  'the text %j is refused as invalid JSON, with one issue',
  (text) => {
    expect(Schema.safeParse(text).error?.issues).toMatchObject([{ message: 'is not JSON' }]);
  },
);
