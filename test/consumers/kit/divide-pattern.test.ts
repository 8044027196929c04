import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveredExample, learningExample } from '../../../catalogue/examples.ts';
import { dividePattern, eventPattern } from '../../../consumers/kit/event-pattern.ts';
import { matchesPattern } from '../../../local/rules/match-pattern.ts';

const { detail } = learningExample('CourseCompleted');

/**
 * Generates lists of ids in Kombo's form. Each list has the first ids of the same sequence, so that generated
 * events often match.
 */
const ids = (prefix: string) =>
  fc
    .integer({ min: 1, max: 150 })
    .map((count) => Array.from({ length: count }, (_, at) => `${prefix}U3Q5rNXx2FPuXyGxAjJh${at}`));
const chosen = (prefix: string) =>
  fc.integer({ min: 0, max: 160 }).map((at) => `${prefix}U3Q5rNXx2FPuXyGxAjJh${at}`);

const filters = fc.record(
  { integrations: ids('moodle:'), courses: ids(''), learners: ids('') },
  { requiredKeys: [] },
);

test('when a long event pattern is divided, an event that matches the pattern matches exactly one part, and any other event matches no part', () => {
  const property = fc.property(
    filters,
    chosen('moodle:'),
    chosen(''),
    chosen(''),
    (filter, integration, course, learner) => {
      const pattern = eventPattern(['CourseCompleted'], 'badges', filter);
      const parts = dividePattern(pattern);
      const event = deliveredExample('CourseCompleted', {
        ...detail,
        integration: { id: integration, tool: 'moodle' },
        course: { ...detail.course, id: course },
        learner: { ...detail.learner, id: learner },
      });
      expect(parts.every((part) => JSON.stringify(part).length <= 2048)).toBe(true);
      expect(parts.filter((part) => matchesPattern(part, event)).length).toBe(
        matchesPattern(pattern, event) ? 1 : 0,
      );
    },
  );
  fc.assert(property);
});

test('when a filter contains an id several times, an event matches only one part of the divided event pattern', () => {
  const courses = Array.from({ length: 100 }, () => 'U3Q5rNXx2FPuXyGxAjJho7WF');
  const parts = dividePattern(eventPattern(['CourseCompleted'], 'badges', { courses }));
  const event = deliveredExample('CourseCompleted', {
    ...detail,
    course: { ...detail.course, id: 'U3Q5rNXx2FPuXyGxAjJho7WF' },
  });
  expect(parts.filter((part) => matchesPattern(part, event))).toHaveLength(1);
});

test('an event pattern that is too long for EventBridge and has no list of ids to divide is refused', () => {
  const where = { course: { title: [{ prefix: 'x'.repeat(3000) }] } };
  expect(() => dividePattern(eventPattern(['CourseCompleted'], 'badges', { where }))).toThrow(
    'EventBridge accepts only 2048',
  );
});
