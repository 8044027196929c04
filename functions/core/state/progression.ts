import * as z from 'zod/mini';
import {
  Course,
  type LearnerDetails,
  LearnerReference,
  ProgressionState,
} from '../../contract/event-parts.ts';
import { PositiveNumber } from '../../contract/field-types.ts';
import type { Identity } from './set-aside.ts';

/**
 * A course progression as Kombo shows it now, normalised by the adapter: timestamps are in UTC with
 * milliseconds; dates that mean "none" (until 1970, or after 2200) and unknown statuses are null; text is
 * well-formed Unicode.
 */
export type ObservedProgression = {
  state: ProgressionState;
  /** Whether Kombo shows the record as removed. If there is no usable date, `state.removedAt` is null. */
  removed: boolean;
  /** The status as Kombo shows it, if it is not a known one: at most 100 printable characters. */
  unknownStatus: string | null;
  learner: LearnerReference;
  /** Personal data, for events of a deployment that includes it. It is never stored or logged. */
  learnerDetails: LearnerDetails;
  /** Whether Kombo shows no first name, last name and e-mail address of the learner. */
  namesBlank: boolean;
  course: Course;
  /**
   * Whether the record shows an erasure: it is removed and lacks an id of its learner, or it has nothing but
   * its own id. Kombo replaces the fields of a removed record by null 14 days after the removal.
   */
  erased: boolean;
};

/**
 * A record that does not match the schema. `reason` repeats none of its content. `standsFor`: the ids of which
 * `id` is made, if the record has no usable id.
 */
export type RejectedRecord = { id: string; reason: string; standsFor?: Identity };

export type Page = {
  records: ObservedProgression[];
  rejected: RejectedRecord[];
  /** The cursor of the next page, or null on the last page. */
  next: string | null;
  /** The time of the response by Kombo's clock: its `Date` header, in whole seconds. */
  servedAt: string;
};

/** The state, and whether the learner's data was erased. */
export const Facts = z.extend(ProgressionState, { erased: z.boolean() });
export type Facts = z.infer<typeof Facts>;

/** Ignores `changedAt`, `remoteId` and the date of a removal, which can change although nothing happened. */
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
 * Why a known removal was never published. `first-seen`: the record was already removed when it was first
 * read, so it has no events. `silenced`: a baseline stored the removal without its event.
 */
export const UnpublishedRemoval = z.enum(['first-seen', 'silenced']);
export type UnpublishedRemoval = z.infer<typeof UnpublishedRemoval>;

/** The last known state of a progression. `entry`: the number of the journal entry that wrote it. */
export const KnownProgression = z.object({
  state: ProgressionState,
  learner: LearnerReference,
  course: z.omit(Course, { title: true }),
  erased: z.boolean(),
  /** The facts of a change that a person discarded. No event is published while Kombo shows them. */
  discarded: z.nullable(Facts),
  unpublishedRemoval: z.nullable(UnpublishedRemoval),
  entry: PositiveNumber,
});
export type KnownProgression = z.infer<typeof KnownProgression>;

export type References = { learner: LearnerReference; course: Course };

type KnownReferences = { learner: LearnerReference; course: Omit<Course, 'title'> };

/**
 * Returns the ids that a record shows. A missing id is taken from the known state, unless the record shows
 * another learner or another revision of a course.
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

/** Titles are not compared: a new title is published with the next event. */
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
