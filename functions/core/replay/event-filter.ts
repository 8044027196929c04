import * as z from 'zod/mini';
import { LearningEventType } from '../../contract/learning-event-type.ts';
import type { LearningEvent } from '../../contract/learning-events.ts';

const ids = z.array(z.string().check(z.minLength(1)));

/** Which events are meant: those that match one value of each list; an empty list leaves its question open. */
export const EventFilter = z.object({
  types: z.array(LearningEventType),
  /** Of a course or its revision by Kombo's id, or of a course by the platform's own. */
  courses: ids,
  /** Kombo's ids or the platform's own. */
  learners: ids,
  /** Kombo's ids or the platform's own. */
  progressions: ids,
});
export type EventFilter = z.infer<typeof EventFilter>;

export const ANY_EVENT: EventFilter = { types: [], courses: [], learners: [], progressions: [] };

export function isWanted(filter: EventFilter, { type, detail }: LearningEvent): boolean {
  const { course, learner, progression } = detail;
  return (
    (filter.types.length === 0 || filter.types.includes(type)) &&
    isAmong(filter.courses, course.id, course.revisionId, course.remoteId) &&
    isAmong(filter.learners, learner.id, learner.remoteId) &&
    isAmong(filter.progressions, progression.id, progression.remoteId)
  );
}

function isAmong(wanted: string[], ...ids: (string | null)[]): boolean {
  return wanted.length === 0 || ids.some((id) => id !== null && wanted.includes(id));
}
