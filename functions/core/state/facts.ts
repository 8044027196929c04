import * as z from 'zod/mini';
import { ProgressionState } from '../../contract/progression-state.ts';

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
