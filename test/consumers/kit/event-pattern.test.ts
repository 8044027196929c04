import { describe, expect, test } from 'vitest';
import { deliveredExample, exampleOf, learningExample } from '../../../catalogue/examples.ts';
import { type EventFilter, eventPattern, eventPatterns } from '../../../consumers/kit/event-pattern.ts';
import { detailTypesOf, type EventType, eventTypes } from '../../../functions/contract/published-events.ts';
import { replayMark } from '../../../functions/core/replay/replay-record.ts';
import { matchesPattern } from '../../../local/rules/match-pattern.ts';

const EVERYONE = Symbol('everyone');

/**
 * Returns the example of an event with some fields replaced. With `replayFor`, the event is a replay for this
 * consumer or for all consumers.
 */
function delivered(type: EventType, changes: object = {}, replayFor?: string | typeof EVERYONE): object {
  const detail = { ...exampleOf(type).detail, ...changes };
  const event = deliveredExample(type, detail);
  if (replayFor === undefined) return event;
  const consumer = replayFor === EVERYONE ? null : replayFor;
  const replay = replayMark({ id: 'r', reason: 'it was down', consumer });
  return { ...event, 'detail-type': `Replayed${type}`, detail: { ...detail, replay } };
}

describe.each(eventTypes)('the pattern of %s', (type) => {
  const pattern = eventPattern([type], 'certificates');
  const elsewhere = eventPattern([type], 'somebody');

  test('the event pattern of an event type matches events of this type and no others', () => {
    for (const each of [pattern, elsewhere]) {
      expect(eventTypes.filter((other) => matchesPattern(each, delivered(other)))).toEqual([type]);
    }
  });
  test('the event pattern of an event type does not match events of another source', () => {
    expect(matchesPattern(pattern, { ...delivered(type), source: 'someone.else' })).toBe(false);
  });
  test('the event pattern of a learning event matches replays for its consumer and for all consumers, but not for another consumer', () => {
    const isLearning = detailTypesOf(type).length === 2;
    expect(matchesPattern(pattern, delivered(type, {}, 'certificates'))).toBe(isLearning);
    expect(matchesPattern(pattern, delivered(type, {}, 'slack'))).toBe(false);
    expect(matchesPattern(pattern, delivered(type, {}, EVERYONE))).toBe(isLearning);
  });
  test('the event pattern of an event type with the filter `integrations` matches only the events of these integrations', () => {
    const here = eventPattern([type], 'certificates', { integrations: ['moodle:a', 'moodle:b'] });
    const at = (id: string) => delivered(type, { integration: { id, tool: 'moodle' } });
    expect(matchesPattern(here, at('moodle:b'))).toBe(true);
    expect(matchesPattern(here, at('moodle:c'))).toBe(false);
  });
});

describe('the filter of a pattern', () => {
  type Case = [string, EventFilter<'CourseCompleted'>, object, object];
  const { course, learner, progression } = learningExample('CourseCompleted').detail;
  const cases: Case[] = [
    [
      'courses',
      { courses: ['c1'] },
      { course: { ...course, id: 'c1' } },
      { course: { ...course, id: null } },
    ],
    ['learners', { learners: ['l1'] }, { learner: { ...learner, id: 'l1' } }, { learner }],
    [
      'tools',
      { tools: ['moodle'] },
      { integration: { id: 'moodle:1', tool: 'moodle' } },
      { integration: { id: 'cornerstone:1', tool: 'cornerstone' } },
    ],
    [
      'the beginning of a title',
      { where: { course: { title: [{ prefix: 'Safety' }] } } },
      { course: { ...course, title: 'Safety at work' } },
      { course: { ...course, title: null } },
    ],
    [
      'the previous status and a course',
      {
        courses: ['c1'],
        where: { course: { title: [{ exists: true }] }, previous: { status: ['IN_PROGRESS'] } },
      },
      { course: { ...course, id: 'c1' }, previous: { ...progression, status: 'IN_PROGRESS' } },
      { course: { ...course, id: 'c2' }, previous: { ...progression, status: 'IN_PROGRESS' } },
    ],
    [
      'the changed fields',
      { where: { changes: ['completedAt'] } },
      { changes: ['status', 'completedAt'] },
      { changes: ['status'] },
    ],
    [
      'a missing previous state',
      { where: { previous: { id: [{ exists: false }] } } },
      { previous: null },
      { previous: progression },
    ],
  ];
  test.each(cases)('the event pattern of an event type can filter by %s', (_, filter, taken, left) => {
    const pattern = eventPattern(['CourseCompleted'], 'certificates', filter);
    expect(matchesPattern(pattern, delivered('CourseCompleted', taken))).toBe(true);
    expect(matchesPattern(pattern, delivered('CourseCompleted', left))).toBe(false);
  });

  test('the filter of an event pattern also applies to replayed events, and cannot add the replays of another consumer', () => {
    const filter = { courses: ['c1'], where: { replay: { consumer: ['slack'] } } };
    const pattern = eventPattern(['CourseCompleted'], 'certificates', filter);
    const c1 = { course: { ...course, id: 'c1' } };
    expect(matchesPattern(pattern, delivered('CourseCompleted', c1, 'certificates'))).toBe(true);
    expect(matchesPattern(pattern, delivered('CourseCompleted', c1, 'slack'))).toBe(false);
    expect(matchesPattern(pattern, delivered('CourseCompleted', {}, 'certificates'))).toBe(false);
  });

  test('a filter with an unknown status or field does not compile, and a filter whose value is not in a list is refused', () => {
    // @ts-expect-error there is no such status
    eventPattern(['CourseCompleted'], 'x', { where: { progression: { status: ['PASSED'] } } });
    // @ts-expect-error there is no such field
    eventPattern(['CourseCompleted'], 'x', { where: { score: [1] } });
    expect(() =>
      // @ts-expect-error a pattern holds lists
      eventPattern(['CourseCompleted'], 'x', { where: { course: { title: 'Fire safety' } } }),
    ).toThrow(/must be a list/);
  });
});

test('the event pattern of several event types matches events of each of these types', () => {
  const pattern = eventPattern(['CourseCompleted', 'CourseRecompleted'], 'certificates');
  expect(eventTypes.filter((type) => matchesPattern(pattern, delivered(type)))).toEqual([
    'CourseCompleted',
    'CourseRecompleted',
  ]);
});

test('a single event pattern for learning and operational events is refused, and `eventPatterns` creates a pattern for each kind', () => {
  expect(() => eventPattern(['CourseCompleted', 'ReplayStarted'], 'x')).toThrow(/cannot match both/);
  const patterns = eventPatterns(eventTypes, 'slack', { courses: ['c1'] });
  const takes = (event: object) => patterns.filter((pattern) => matchesPattern(pattern, event)).length;
  expect(takes(delivered('IntegrationFailing'))).toBe(1);
  expect(takes(delivered('ReplayStarted'))).toBe(1);
  expect(takes(delivered('CourseCompleted'))).toBe(0);
  expect(takes(delivered('CourseCompleted', { course: { id: 'c1' } }))).toBe(1);
  expect(takes(delivered('CourseCompleted', { course: { id: 'c1' } }, 'slack'))).toBe(1);
  expect(takes(delivered('CourseCompleted', { course: { id: 'c1' } }, 'certificates'))).toBe(0);
});
