import * as z from 'zod/mini';
import { described, PositiveNumber, WholeNumber } from './field-types.ts';

/** Why a change is suspect: ordinary learning does not explain it, but a mistake on the platform could. */
export const SuspectKind = z.enum([
  'removed',
  'restored',
  'erased',
  'reopened',
  'reset',
  'dropped',
  'completedOld',
  'recompletedOld',
  'firstSeenOld',
  'firstSeenUndated',
  'corrected',
  'olderVersion',
]);
export type SuspectKind = z.infer<typeof SuspectKind>;

/** The suspect changes that wait for a person. Each progression counts once. */
export const WaitingChanges = z.object({
  total: WholeNumber,
  kinds: described(
    z.partialRecord(SuspectKind, PositiveNumber),
    'The number of changes of each kind. `erased`: an erasure without a published removal; `...Old`: a date more than three days before the newest watermark; `olderVersion`: Kombo shows an older version of the record again',
  ),
  courses: described(
    z.array(
      z.object({
        id: described(z.nullable(z.string()), "Kombo's id of the course, or of its revision"),
        title: z.nullable(z.string()),
        changes: PositiveNumber,
      }),
    ),
    'The 20 courses with the most changes, the largest first',
  ),
  otherCourses: described(
    z.object({ courses: WholeNumber, changes: WholeNumber }),
    'The number of all other courses, and the number of changes in them',
  ),
});
export type WaitingChanges = z.infer<typeof WaitingChanges>;
