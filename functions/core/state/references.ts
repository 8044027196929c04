import type { Course, LearnerReference } from '../../contract/event-parts.ts';

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
