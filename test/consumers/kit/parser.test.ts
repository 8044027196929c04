import { describe, expect, expectTypeOf, test } from 'vitest';
import { deliveredExample, exampleOf } from '../../../catalogue/example-events.ts';
import * as kit from '../../../consumers/kit/index.ts';
import { eventTypes } from '../../../functions/contract/published-events.ts';

const completed = { ...deliveredExample('CourseCompleted') };

describe('every event of the contract', () => {
  const parsers = new Map(Object.entries<unknown>(kit));
  test.each(eventTypes)('%s has a parser and a type guard', (type) => {
    const [parse, is] = [parsers.get(`parse${type}`), parsers.get(`is${type}`)];
    if (typeof parse !== 'function' || typeof is !== 'function') throw new Error('there is none');
    expect(parse(deliveredExample(type))).toEqual({ type, detail: exampleOf(type).detail, isReplay: false });
    expect(is(deliveredExample(type))).toBe(true);
    expect(is({ ...deliveredExample(type), detail: {} })).toBe(false);
  });
});

describe('a parser', () => {
  test('takes the body of a queued message', () => {
    const { detail } = kit.parseCourseCompleted(JSON.stringify(completed));
    expect(detail.progression.status).toBe('COMPLETED');
    expectTypeOf(detail.progression.status).toEqualTypeOf<'COMPLETED'>();
  });

  test('takes a replayed event and says so', () => {
    const replayed = { ...completed, 'detail-type': 'ReplayedCourseCompleted' };
    expect(kit.parseCourseCompleted(replayed)).toMatchObject({ type: 'CourseCompleted', isReplay: true });
    expect(kit.isCourseCompleted(replayed)).toBe(true);
  });

  test('takes a replay for everyone, whose consumer is absent or null', () => {
    for (const consumer of [undefined, null]) {
      const replay = { id: 'r', reason: 'lost', ...(consumer === null && { consumer }) };
      const detail = { ...exampleOf('CourseCompleted').detail, replay };
      const replayed = { ...completed, 'detail-type': 'ReplayedCourseCompleted', detail };
      expect(kit.parseCourseCompleted(replayed).detail.replay).toEqual(replay);
      expect(kit.isCourseCompleted(replayed)).toBe(true);
    }
  });

  test('drops fields that a later version 1 may add', () => {
    const detail = { ...exampleOf('CourseCompleted').detail, score: 97 };
    expect(kit.parseCourseCompleted({ ...completed, detail }).detail).not.toHaveProperty('score');
    expect(kit.isCourseCompleted({ ...completed, detail })).toBe(true);
  });

  test('refuses another event, another source and a detail that is not one', () => {
    expect(() => kit.parseCourseStarted(completed)).toThrow(kit.UnexpectedEventError);
    expect(() => kit.parseCourseCompleted({ ...completed, source: 'aws.s3' })).toThrow(/source/);
    expect(() => kit.parseCourseCompleted({ ...completed, detail: { version: 2 } })).toThrow(/version/);
    expect(kit.isCourseStarted(completed)).toBe(false);
    expect(kit.isCourseCompleted(null)).toBe(false);
  });
});

test('any learning event is told apart by its type', () => {
  const event = kit.parseLearningEvent(deliveredExample('CourseReopened'));
  if (event.type !== 'CourseReopened') throw new Error('it is one');
  expectTypeOf(event.detail.previous.status).toEqualTypeOf<'COMPLETED'>();
  expect(() => kit.parseLearningEvent(deliveredExample('ChangesHeld'))).toThrow(/no learning event/);
});
