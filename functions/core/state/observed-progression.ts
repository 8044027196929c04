import type { Course, LearnerDetails, LearnerReference } from '../../contract/event-parts.ts';
import type { ProgressionState } from '../../contract/progression-state.ts';

/**
 * A course progression as Kombo shows it now, normalised at the boundary: timestamps in UTC with milliseconds, a date that
 * means "none" (in or before 1970, or after 2200) as null, a status outside the four known ones as null, every text
 * well-formed.
 */
export type ObservedProgression = {
  state: ProgressionState;
  /** Kombo shows a removal. Without a usable date for it, `state.removedAt` is null. */
  removed: boolean;
  /** The status that Kombo shows when it is none of the four known ones: at most 100 printable characters. */
  unknownStatus: string | null;
  learner: LearnerReference;
  /** Personal data: handed on to the event at publish time when the deployment includes it, never stored or logged. */
  learnerDetails: LearnerDetails;
  /** Kombo shows no first name, last name or e-mail address of the learner. */
  namesBlank: boolean;
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
