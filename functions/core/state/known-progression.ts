import * as z from 'zod/mini';
import { Course, LearnerReference } from '../../contract/event-parts.ts';
import { PositiveNumber } from '../../contract/field-types.ts';
import { ProgressionState } from '../../contract/progression-state.ts';
import { Facts, UnpublishedRemoval } from './facts.ts';
import type { Change } from './journal-entry.ts';

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

/**
 * What is known after a change. The learner's ids go when Kombo erased the learner: the event that says so is the last
 * one to carry them.
 */
export function knownAfter(change: Change, entry: number): KnownProgression {
  const { title: _title, ...course } = change.course;
  return {
    state: change.state,
    learner: change.erased ? { id: null, remoteId: null } : change.learner,
    course,
    erased: change.erased,
    discarded: change.discarded,
    unpublishedRemoval: change.unpublishedRemoval,
    entry,
  };
}
