import { describe, expect, test } from 'vitest';
import { field, inputTransformer } from '../../../consumers/deploy/input-transformer.ts';
import { transformInput } from '../../../local/rules/transform-input.ts';

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
  test('comes unescaped within a text, which is why no template has one there', () => {
    const within = (path: string) => transformInput({ paths: { v: path }, template: '"<v> events"' }, event);
    expect(within('$.detail.count')).toBe('"3 events"');
    expect(() => JSON.parse(within('$.detail.title'))).toThrow();
  });
  test('that is not there leaves nothing behind', () => {
    expect(filled({ a: field('$.detail.absent') })).toBe('{"a":}');
  });
});

test('a template holds what EventBridge can take', () => {
  expect(() => inputTransformer({ text: 'a < b' })).toThrow(/cannot escape/);
  expect(() => inputTransformer({ text: 'x'.repeat(8192) })).toThrow(/8192/);
});
