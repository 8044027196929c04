import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import { PositiveNumber, Timestamp } from '../../contract/field-types.ts';

/**
 * Something that could not be processed: ids and the reason, never the record. A retry reads a `record` again
 * by its id, or publishes an `event` again from the journal. An unknown `status` stays on the list until no
 * record has it any more.
 */
export const SetAside = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['record', 'event']),
    /** For a record, Kombo's id of the progression or a stand-in id. For an event, its id. */
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
    /** How many records had this status in the run that found it, or in the last run over all records. */
    count: PositiveNumber,
    /** The ids of some of the progressions. */
    sample: z.array(z.string()),
  }),
]);
export type SetAside = z.infer<typeof SetAside>;

const STAND_IN = 'without-id-';

/** The ids that distinguish a record from other records without a usable id. */
export type Identity = { remoteId: string | null; learnerId: string | null; revisionId: string | null };

/** Returns an id for a record without a usable id: the same in each poll, even after it gets a usable id. */
export function standInId({ remoteId, learnerId, revisionId }: Identity): string {
  return STAND_IN + hash('sha256', JSON.stringify([remoteId, learnerId, revisionId])).slice(0, 16);
}

export function isStandIn(id: string): boolean {
  return id.startsWith(STAND_IN);
}
