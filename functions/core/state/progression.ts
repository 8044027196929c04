import * as z from 'zod/mini';
import {
  Course,
  type LearnerDetails,
  LearnerReference,
  ProgressionState,
} from '../../contract/event-parts.ts';
import { PositiveNumber } from '../../contract/field-types.ts';

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

/** A state and whether the learner's data was erased: what decides whether something happened. */
export const Facts = z.extend(ProgressionState, { erased: z.boolean() });
export type Facts = z.infer<typeof Facts>;

/**
 * Whether two say the same of a progression. When it was changed, the platform's own id and the date of a removal do not
 * count: they move without anything having happened.
 */
export function sameFacts(a: Facts, b: Facts): boolean {
  return (
    a.status === b.status &&
    a.enrolledAt === b.enrolledAt &&
    a.completedAt === b.completedAt &&
    (a.removedAt === null) === (b.removedAt === null) &&
    a.erased === b.erased
  );
}

/**
 * Why a removal that is known was never published. `first-seen`: the record was removed before it was seen, so no event has
 * named it; `silenced`: a silent baseline stored the removal.
 */
export const UnpublishedRemoval = z.enum(['first-seen', 'silenced']);
export type UnpublishedRemoval = z.infer<typeof UnpublishedRemoval>;

/** The last known state of one progression: what the diff needs, and the journal entry that wrote it. */
export const KnownProgression = z.object({
  state: ProgressionState,
  learner: LearnerReference,
  course: z.omit(Course, { title: true }),
  erased: z.boolean(),
  /** A change that an operator discarded: while Kombo shows these facts, nothing has happened. */
  discarded: z.nullable(Facts),
  unpublishedRemoval: z.nullable(UnpublishedRemoval),
  entry: PositiveNumber,
});
export type KnownProgression = z.infer<typeof KnownProgression>;

/** Whom and what a progression is about: ids, and the course's title. */
export type References = { learner: LearnerReference; course: Course };

type KnownReferences = { learner: LearnerReference; course: Omit<Course, 'title'> };

/**
 * The references as a record shows them. An id that it leaves out is the known one, unless it shows another learner or
 * another revision: then nothing of the one before belongs to it.
 */
export function referencesShown(known: KnownReferences, { learner, course }: References): References {
  const isOtherLearner = learner.id !== null && learner.id !== known.learner.id;
  const isOtherRevision = course.revisionId !== null && course.revisionId !== known.course.revisionId;
  return {
    learner: isOtherLearner
      ? learner
      : { id: learner.id ?? known.learner.id, remoteId: learner.remoteId ?? known.learner.remoteId },
    course: isOtherRevision
      ? course
      : {
          id: course.id ?? known.course.id,
          remoteId: course.remoteId ?? known.course.remoteId,
          revisionId: course.revisionId ?? known.course.revisionId,
          revisionRemoteId: course.revisionRemoteId ?? known.course.revisionRemoteId,
          title: course.title,
        },
  };
}

/** Titles do not count: a new one becomes known to consumers with the next event. */
export function sameReferences(a: KnownReferences, b: KnownReferences): boolean {
  return (
    a.learner.id === b.learner.id &&
    a.learner.remoteId === b.learner.remoteId &&
    a.course.id === b.course.id &&
    a.course.remoteId === b.course.remoteId &&
    a.course.revisionId === b.course.revisionId &&
    a.course.revisionRemoteId === b.course.revisionRemoteId
  );
}
