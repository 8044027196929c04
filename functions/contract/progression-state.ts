import * as z from 'zod/mini';
import { described, Timestamp } from './field-types.ts';

/** Where a learner stands in a course. Kombo's own four values; any other value is treated as not known. */
export const Status = z.enum(['ENROLLED', 'IN_PROGRESS', 'COMPLETED', 'DROPPED']);
export type Status = z.infer<typeof Status>;

/** What is known of one course progression. `null` means that Kombo never sent a value. */
export const ProgressionState = z.object({
  id: described(z.string(), "Kombo's id of the course progression"),
  remoteId: described(z.nullable(z.string()), "The learning platform's own id"),
  status: z.nullable(Status),
  enrolledAt: z.nullable(Timestamp),
  completedAt: z.nullable(Timestamp),
  changedAt: described(z.nullable(Timestamp), 'When Kombo last changed the record'),
  removedAt: described(z.nullable(Timestamp), 'When the record disappeared from the learning platform'),
});
export type ProgressionState = z.infer<typeof ProgressionState>;
