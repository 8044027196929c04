import * as z from 'zod/mini';
import { LearningEventType } from '../../contract/event-parts.ts';
import { Timestamp } from '../../contract/field-types.ts';
import type { LearningEvent } from '../../contract/learning-events.ts';

/** A range of time. `from` is included, `to` is excluded. If `to` is null, the range has no end. */
export const TimeRange = z.object({ from: Timestamp, to: z.nullable(Timestamp) });
export type TimeRange = z.infer<typeof TimeRange>;

/** @param time in the form of all stored times, which can be compared as text */
export function isWithin({ from, to }: TimeRange, time: string): boolean {
  return time >= from && (to === null || time < to);
}

const ids = z.array(z.string().check(z.minLength(1)));

/** A filter of events. An event matches if each list is empty or contains a value of the event. */
export const EventFilter = z.object({
  types: z.array(LearningEventType),
  /** Kombo's ids of courses or of their revisions, or the platform's own ids of courses. */
  courses: ids,
  /** Kombo's ids of learners, or the platform's own ids. */
  learners: ids,
  /** Kombo's ids of progressions, or the platform's own ids. */
  progressions: ids,
});
export type EventFilter = z.infer<typeof EventFilter>;

export const ANY_EVENT: EventFilter = { types: [], courses: [], learners: [], progressions: [] };

export type Selection = { range: TimeRange; filter: EventFilter };

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
