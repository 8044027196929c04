import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import { PositiveNumber, Timestamp } from '../../contract/field-types.ts';

/**
 * Something that could not be processed: ids and the reason, never the record. A retry reads a `record` again by its id, and
 * publishes an `event` again from the journal. An unknown `status` stays until no record has it any more.
 */
export const SetAside = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['record', 'event']),
    /** Kombo's id of the progression or `standInId`, or the event's id. */
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
    /** Records with this status when it was first read, or when everything was last read. */
    count: PositiveNumber,
    /** Ids of some of the progressions. */
    sample: z.array(z.string()),
  }),
]);
export type SetAside = z.infer<typeof SetAside>;

const STAND_IN = 'without-id-';

/** What identifies a record without a usable id. Each field may be missing. */
type Identity = { remoteId: string | null; learnerId: string | null; revisionId: string | null };

/** Replaces an unusable id: the same at every poll, also after the record has got an id. */
export function standInId({ remoteId, learnerId, revisionId }: Identity): string {
  return STAND_IN + hash('sha256', JSON.stringify([remoteId, learnerId, revisionId])).slice(0, 16);
}

export function isStandIn(id: string): boolean {
  return id.startsWith(STAND_IN);
}
