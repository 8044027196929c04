import { expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod/mini';
import { deliveredExample, exampleOf } from '../../../catalogue/examples.ts';
import * as kit from '../../../consumers/kit/index.ts';
import { eventTypes } from '../../../functions/contract/published-events.ts';

const completed = { ...deliveredExample('CourseCompleted') };

test.each(eventTypes)(
  '`parse` and `is` accept an event of the type %s, and `is` refuses an empty detail and an event of another type',
  (type) => {
    const event = deliveredExample(type);
    expect(kit.parse(type, event)).toEqual({ type, detail: exampleOf(type).detail, isReplay: false });
    expect(kit.is(type, event)).toBe(true);
    expect(kit.is(type, { ...event, detail: {} })).toBe(false);
    const other = type === 'LearnerEnrolled' ? 'LearnerDropped' : 'LearnerEnrolled';
    expect(kit.is(other, event)).toBe(false);
  },
);

test('`parse` accepts the body of an SQS message', () => {
  const { detail } = kit.parse('CourseCompleted', JSON.stringify(completed));
  expect(detail.progression.status).toBe('COMPLETED');
  expectTypeOf(detail.progression.status).toEqualTypeOf<'COMPLETED'>();
});

test('the error of `parse` for a text that is not JSON does not contain the text', () => {
  const parse = () => kit.parse('CourseCompleted', 'Dear ada@example.com');
  expect(parse).toThrow(z.core.$ZodError);
  expect(parse).toThrow('is not JSON');
  expect(parse).not.toThrow('ada');
});

test('`parse` accepts a replayed event and marks the result as a replay', () => {
  const replayed = { ...completed, 'detail-type': 'ReplayedCourseCompleted' };
  expect(kit.parse('CourseCompleted', replayed)).toMatchObject({ type: 'CourseCompleted', isReplay: true });
  expect(kit.is('CourseCompleted', replayed)).toBe(true);
});

test('`parse` accepts a replay for all consumers, in which the field `consumer` is absent or null', () => {
  for (const consumer of [undefined, null]) {
    const replay = { id: 'r', reason: 'lost', ...(consumer === null && { consumer }) };
    const detail = { ...exampleOf('CourseCompleted').detail, replay };
    const replayed = { ...completed, 'detail-type': 'ReplayedCourseCompleted', detail };
    expect(kit.parse('CourseCompleted', replayed).detail.replay).toEqual(replay);
    expect(kit.is('CourseCompleted', replayed)).toBe(true);
  }
});

test('`parse` removes fields that a later release of version 1 may add', () => {
  const detail = { ...exampleOf('CourseCompleted').detail, score: 97 };
  expect(kit.parse('CourseCompleted', { ...completed, detail }).detail).not.toHaveProperty('score');
  expect(kit.is('CourseCompleted', { ...completed, detail })).toBe(true);
});

test('`parse` refuses an event of an unexpected type, an event of another source and a detail of version 2', () => {
  expect(() => kit.parse('CourseStarted', completed)).toThrow(kit.UnexpectedEventError);
  expect(() => kit.parse('CourseCompleted', { ...completed, source: 'aws.s3' })).toThrow(/source/);
  expect(() => kit.parse('CourseCompleted', { ...completed, detail: { version: 2 } })).toThrow(/version/);
  expect(kit.is('CourseStarted', completed)).toBe(false);
  expect(kit.is('CourseCompleted', null)).toBe(false);
});

test('`parseLearningEvent` accepts any learning event, and the type of `detail` depends on the `type` of the result', () => {
  const event = kit.parseLearningEvent(deliveredExample('CourseReopened'));
  if (event.type !== 'CourseReopened') throw new Error('The event is not a CourseReopened');
  expectTypeOf(event.detail.previous.status).toEqualTypeOf<'COMPLETED'>();
  expect(() => kit.parseLearningEvent(deliveredExample('ChangesHeld'))).toThrow(/not a learning event/);
});
