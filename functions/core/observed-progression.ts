import type { Course } from '../contract/course.ts';
import type { LearnerDetails } from '../contract/learner.ts';
import type { LearnerReference } from '../contract/learner-reference.ts';
import type { ProgressionState } from '../contract/progression-state.ts';

/**
 * A course progression as Kombo shows it now, normalised at the boundary: timestamps in UTC with milliseconds, a status
 * outside the four known ones as null.
 */
export type ObservedProgression = {
  state: ProgressionState;
  learner: LearnerReference;
  /** Personal data: handed on to the event at publish time when the deployment includes it, never stored or logged. */
  learnerDetails: LearnerDetails;
  course: Course;
  /** The record has lost its identity: Kombo nulls a removed record's fields after 14 days. */
  erased: boolean;
};

/** A record that breaks the schema: its id, or a stand-in where it has none, and what is wrong with it. No content. */
export type RejectedRecord = { id: string; reason: string };

export type Page = {
  records: ObservedProgression[];
  rejected: RejectedRecord[];
  /** The cursor of the next page, or null on the last one. */
  next: string | null;
  /** Kombo's clock when it answered: the `Date` header, a whole second. */
  servedAt: string;
};
