import * as z from 'zod/mini';
import { Timestamp } from '../contract/timestamp.ts';
import { PositiveNumber } from '../contract/whole-number.ts';

/**
 * Something that could not be processed: ids and the reason, never the record. A `record` is fetched again by its id; an
 * `event` is published again from the journal; a `status` that is not known stays until no record has it any more.
 */
export const SetAside = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['record', 'event']),
    /** Kombo's id of the progression, or the event's id. */
    id: z.string(),
    reason: z.string(),
    at: Timestamp,
  }),
  z.object({
    kind: z.literal('status'),
    /** The status as Kombo shows it. */
    id: z.string(),
    reason: z.string(),
    at: Timestamp,
    /** Records that had it when it was first shown, or when everything was last read. */
    count: PositiveNumber,
    /** Ids of some of the progressions. */
    sample: z.array(z.string()),
  }),
]);
export type SetAside = z.infer<typeof SetAside>;
