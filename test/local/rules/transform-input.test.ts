import { describe, expect, test } from 'vitest';
import { transformInput } from '../../../local/rules/transform-input.ts';
import { field, inputTransformer, sentence } from '../../../rules/input-transformer.ts';

const event = {
  'detail-type': 'CourseCompleted',
  detail: { title: 'An "A" \\ B', count: 3, none: null, list: [1] },
};
const filled = (...template: Parameters<typeof inputTransformer>) =>
  transformInput(inputTransformer(...template), event);

describe('a value of the event', () => {
  test('comes as JSON, with its quotes', () => {
    expect(filled({ a: field('$.detail.title'), b: [field('$.detail.count'), field('$.detail.none')] })).toBe(
      '{"a":"An \\"A\\" \\\\ B","b":[3,null]}',
    );
    expect(filled({ type: field('$.detail-type') })).toBe('{"type":"CourseCompleted"}');
  });
  test('comes unescaped in a sentence, which is why titles never come this way', () => {
    expect(filled(sentence`${'$.detail.count'} events`)).toBe('"3 events"');
    expect(() => JSON.parse(filled(sentence`${'$.detail.title'}`))).toThrow();
  });
  test('that is not there leaves nothing behind', () => {
    expect(filled({ a: field('$.detail.absent') })).toBe('{"a":}');
  });
});

test('a template holds what EventBridge can take', () => {
  expect(() => inputTransformer({ text: 'a < b' })).toThrow(/cannot escape/);
  expect(() => inputTransformer({ text: 'x'.repeat(8192) })).toThrow(/8192/);
});
