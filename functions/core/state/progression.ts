import * as z from 'zod/mini';
import {
  Course,
  type LearnerDetails,
  LearnerReference,
  ProgressionState,
} from '../../contract/event-parts.ts';
import { PositiveNumber } from '../../contract/field-types.ts';

/**
 * A course progression as Kombo shows it now, normalised by the adapter: timestamps in UTC with milliseconds; a date that
 * means "none" (until 1970, or after 2200) as null; an unknown status as null; text as well-formed Unicode.
 */
export type ObservedProgression = {
  state: ProgressionState;
  /** Kombo shows the record as removed. Without a usable date, `state.removedAt` is null. */
  removed: boolean;
  /** A status other than the four known ones: at most 100 printable characters. */
  unknownStatus: string | null;
  learner: LearnerReference;
  /** Personal data, for events of a deployment that includes it. Never stored or logged. */
  learnerDetails: LearnerDetails;
  /** Kombo shows no first name, last name or e-mail address of the learner. */
  namesBlank: boolean;
  course: Course;
  /** The record has no ids of learner and course any more: Kombo nulls a removed record's fields after 14 days. */
  erased: boolean;
};

/** A record that breaks the schema: its id (or a stand-in) and what is wrong, without content. */
export type RejectedRecord = { id: string; reason: string };

export type Page = {
  records: ObservedProgression[];
  rejected: RejectedRecord[];
  /** The cursor of the next page, or null on the last one. */
  next: string | null;
  /** Kombo's clock when it answered: the `Date` header, a whole second. */
  servedAt: string;
};

/** What is compared to decide whether something happened: the state, and whether the learner's data was erased. */
export const Facts = z.extend(ProgressionState, { erased: z.boolean() });
export type Facts = z.infer<typeof Facts>;

/**
 * Whether two facts are the same for events. `changedAt`, the platform's own id and the date of a removal do not count: they
 * change although nothing happened.
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
 * Why a known removal was never published. `first-seen`: the record was already removed when it was first read, so no event
 * mentions it. `silenced`: a silent baseline stored the removal.
 */
export const UnpublishedRemoval = z.enum(['first-seen', 'silenced']);
export type UnpublishedRemoval = z.infer<typeof UnpublishedRemoval>;

/** The known state of one progression: what the comparison needs, and the number of the journal entry that wrote it. */
export const KnownProgression = z.object({
  state: ProgressionState,
  learner: LearnerReference,
  course: z.omit(Course, { title: true }),
  erased: z.boolean(),
  /** The facts of a change that a person discarded: while Kombo shows them, nothing has happened. */
  discarded: z.nullable(Facts),
  unpublishedRemoval: z.nullable(UnpublishedRemoval),
  entry: PositiveNumber,
});
export type KnownProgression = z.infer<typeof KnownProgression>;

/** The learner and the course of a progression: ids, and the course's title. */
export type References = { learner: LearnerReference; course: Course };

type KnownReferences = { learner: LearnerReference; course: Omit<Course, 'title'> };

/**
 * The references that a record shows. Missing ids are taken from the known references, unless the record shows another
 * learner or another revision of a course.
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

/** Titles do not count: a new title is published with the next event. */
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
