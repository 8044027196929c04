import * as z from 'zod';
import { Timestamp } from './timestamp.ts';

/** Where a learner stands in a course. Kombo's own four values; any other value is treated as not known. */
export const Status = z.enum(['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED']);
export type Status = z.infer<typeof Status>;

/** What is known of one course progression. `null` means that Kombo never told. */
export const ProgressionState = z.object({
  id: z.string().describe("Kombo's id of the course progression"),
  remoteId: z.string().nullable().describe("The learning platform's own id"),
  status: Status.nullable(),
  enrolledAt: Timestamp.nullable(),
  completedAt: Timestamp.nullable(),
  changedAt: Timestamp.nullable().describe('When Kombo last changed the record'),
  removedAt: Timestamp.nullable().describe('When the record disappeared from the learning platform'),
});
export type ProgressionState = z.infer<typeof ProgressionState>;
