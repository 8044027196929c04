import { expect, test } from 'vitest';
import { decidedText, heldFacts } from '../../cli/views/hold-text.ts';

const waiting = {
  total: 43,
  kinds: { removed: 40, corrected: 3 },
  courses: [
    { id: 'c1', title: 'First aid', changes: 30 },
    { id: 'c2', title: null, changes: 8 },
  ],
  otherCourses: { courses: 1, changes: 5 },
};

test('`status` of an integration with held changes shows their courses, three examples and what `release` and `discard` would do', () => {
  const held = {
    since: '2026-03-02T07:00:00.000Z',
    mode: 'incremental' as const,
    waiting,
    sample: ['p1', 'p2', 'p3', 'p4'],
    limit: 25,
    complete: true,
    countedPages: null,
  };

  expect(heldFacts('moodle:a', held)).toEqual([
    ['held in', 'First aid: 30, c2: 8, 1 other course: 5'],
    ['for example', 'schoolbell events moodle:a --progression p1'],
    ['for example', 'schoolbell events moodle:a --progression p2'],
    ['for example', 'schoolbell events moodle:a --progression p3'],
    [
      'release',
      'the next poll publishes 40 ProgressionRemoved, 3 CompletionCorrected or EnrollmentCorrected: schoolbell release moodle:a',
    ],
    [
      'discard',
      'these changes are never published, but later changes of the progressions are published: schoolbell discard moodle:a',
    ],
  ]);
});

test('the text after `release` or `discard` says how many changes were released or discarded, and whether they are published', () => {
  expect(decidedText('release', 'moodle:a', waiting)).toMatch(
    /^43 changes released\. The next poll publishes exactly/,
  );
  expect(decidedText('discard', 'moodle:a', { ...waiting, total: 1 })).toMatch(
    /^1 change discarded\. Discarded changes are never published/,
  );
});
