import { expect, test } from 'vitest';
import { LearningEventType } from '../../../functions/contract/event-parts.ts';
import { days } from '../../../local/sandbox/clock.ts';
import type { ProgressionRecord } from '../../../local/sandbox/records.ts';
import { DEFAULT_SCHOOL, livingSchool } from '../../../local/sandbox/school/school.ts';
import { STORY } from '../../../local/sandbox/school/story.ts';

/**
 * Returns the events for one difference between two states. The rules of the functions are repeated here,
 * because the sandbox tests the functions and must not be tested with their code.
 */
const eventsOf = (before: ProgressionRecord | undefined, after: ProgressionRecord): LearningEventType[] => {
  if (before === undefined) {
    if (after.remote_deleted_at !== null) return [];
    if (after.status === 'ENROLLED') return ['LearnerEnrolled'];
    if (after.status === 'IN_PROGRESS') return ['CourseStarted'];
    return after.status === 'COMPLETED' ? ['CourseCompleted'] : ['LearnerDropped'];
  }
  if (after.user === null) return before.user === null ? [] : ['LearnerDataErased'];
  const events: LearningEventType[] = [];
  const turn = `${before.status} ${after.status}`;
  if (turn === 'COMPLETED COMPLETED' && before.completed_at !== after.completed_at) {
    const later = Date.parse(after.completed_at ?? '') - Date.parse(before.completed_at ?? '');
    events.push(later > days(1) ? 'CourseRecompleted' : 'CompletionCorrected');
  } else if (before.status === after.status) {
    if (before.enrolled_at !== after.enrolled_at) events.push('EnrollmentCorrected');
  } else if (after.status === 'COMPLETED') events.push('CourseCompleted');
  else if (after.status === 'DROPPED') events.push('LearnerDropped');
  else if (before.status === 'COMPLETED') events.push('CourseReopened');
  else if (before.status === 'DROPPED') events.push('LearnerReenrolled');
  else events.push(after.status === 'ENROLLED' ? 'ProgressReset' : 'CourseStarted');
  if (before.remote_deleted_at === null && after.remote_deleted_at !== null)
    events.push('ProgressionRemoved');
  if (before.remote_deleted_at !== null && after.remote_deleted_at === null)
    events.push('ProgressionRestored');
  return events;
};

const notified = (startsAt: number, learners: number) => {
  const school = livingSchool({ ...DEFAULT_SCHOOL, integration: 'sandbox:story', startsAt, learners });
  const known = new Map<string, ProgressionRecord>();
  return Array.from({ length: STORY.polls + 1 }, (_, poll) => {
    const view = school.at(startsAt + poll * STORY.pollEveryMs);
    return Array.from({ length: view.size }, (_, place) => view.record(place)).flatMap((record) => {
      const events = eventsOf(known.get(record.id), record);
      known.set(record.id, record);
      return events;
    });
  });
};

test("the scripted events of the sandbox's default school include every type of learning event, whenever the school begins", () => {
  for (const startsAt of [Date.parse('2026-03-02T08:00:00Z'), Date.parse('2031-11-30T23:59:59Z')]) {
    const [, ...polls] = notified(startsAt, 0);
    expect(new Set(polls.flat())).toEqual(new Set(LearningEventType.options));
  }
});

test("each poll of the sandbox's default school finds between 4 and 30 events", () => {
  const [, ...polls] = notified(Date.parse('2026-03-02T08:00:00Z'), DEFAULT_SCHOOL.learners);
  for (const events of polls) {
    expect(events.length).toBeGreaterThanOrEqual(4);
    expect(events.length).toBeLessThanOrEqual(30);
  }
});
