import { z } from 'zod';
import { Course } from '../contract/course.ts';
import { LearnerReference } from '../contract/learner.ts';
import { ProgressionState } from '../contract/progression-state.ts';

/** The last known state of one progression: what the diff needs, and the journal entry that wrote it. */
export const KnownProgression = z.object({
  state: ProgressionState,
  learner: LearnerReference,
  course: Course.omit({ title: true }),
  erased: z.boolean(),
  /** A change that an operator discarded: while Kombo shows this state, nothing has happened. */
  discarded: ProgressionState.nullable(),
  entry: z.int().positive(),
});
export type KnownProgression = z.infer<typeof KnownProgression>;
