import * as z from 'zod/mini';
import type { KnownProgression } from '../../core/state/progression.ts';

const Fields = z.array(z.unknown());

/**
 * A known progression as a JSON list: a third of the bytes of named fields, and a tenth of the time of one attribute a
 * field. The id and the entry lie beside it. A field is only ever added at the end.
 */
export function encodeProgression({
  state,
  learner,
  course,
  erased,
  discarded,
  unpublishedRemoval,
}: KnownProgression): string {
  return JSON.stringify([
    state.remoteId,
    state.status,
    state.enrolledAt,
    state.completedAt,
    state.changedAt,
    state.removedAt,
    learner.id,
    learner.remoteId,
    course.id,
    course.remoteId,
    course.revisionId,
    course.revisionRemoteId,
    erased,
    discarded,
    unpublishedRemoval,
  ]);
}

/** What `encodeProgression` was given, still to be checked by the schema of `KnownProgression`. */
export function decodeProgression(id: string, entry: number, content: string): unknown {
  const fields = Fields.parse(JSON.parse(content));
  const [remoteId, status, enrolledAt, completedAt, changedAt, removedAt] = fields;
  const [learnerId, learnerRemoteId] = fields.slice(6);
  const [courseId, courseRemoteId, revisionId, revisionRemoteId] = fields.slice(8);
  const [erased, discarded, unpublishedRemoval] = fields.slice(12);
  return {
    state: { id, remoteId, status, enrolledAt, completedAt, changedAt, removedAt },
    learner: { id: learnerId, remoteId: learnerRemoteId },
    course: { id: courseId, remoteId: courseRemoteId, revisionId, revisionRemoteId },
    erased,
    discarded,
    unpublishedRemoval,
    entry,
  };
}
