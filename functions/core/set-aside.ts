import * as z from 'zod/mini';
import { Timestamp } from '../contract/timestamp.ts';

/**
 * Something that could not be processed: ids and the reason, never the record. A `record` is fetched again by its id; an
 * `event` is published again from the journal.
 */
export const SetAside = z.object({
  kind: z.enum(['record', 'event']),
  /** Kombo's id of the progression, or the event's id. */
  id: z.string(),
  reason: z.string(),
  at: Timestamp,
});
export type SetAside = z.infer<typeof SetAside>;
