import * as z from 'zod/mini';
import { LearningEventType } from '../../contract/event-parts.ts';
import { Timestamp } from '../../contract/field-types.ts';
import type { LearningEvent } from '../../contract/learning-events.ts';

/** From a time on, up to and without another; `to` null: without an end. */
export const TimeRange = z.object({ from: Timestamp, to: z.nullable(Timestamp) });
export type TimeRange = z.infer<typeof TimeRange>;

/** @param time in the one form that all stored times have, so that they compare as text */
export function isWithin({ from, to }: TimeRange, time: string): boolean {
  return time >= from && (to === null || time < to);
}

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

/** Which events of the journal, or of Kombo's records, a replay is about. */
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
