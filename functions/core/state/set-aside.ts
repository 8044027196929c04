import { hash } from 'node:crypto';
import * as z from 'zod/mini';
import { PositiveNumber, Timestamp } from '../../contract/field-types.ts';

/**
 * Something that could not be processed: ids and the reason, never the record. A `record` is fetched again by its id; an
 * `event` is published again from the journal; a `status` that is not known stays until no record has it any more.
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
    /** Records that had it when it was first shown, or when everything was last read. */
    count: PositiveNumber,
    /** Ids of some of the progressions. */
    sample: z.array(z.string()),
  }),
]);
export type SetAside = z.infer<typeof SetAside>;

const STAND_IN = 'without-id-';

/** What distinguishes a record without a usable id from others. Each may be missing. */
type Identity = { remoteId: string | null; learnerId: string | null; revisionId: string | null };

/** In the place of an id that cannot be used: the same at every poll, whatever else changes, and once there is an id. */
export function standInId({ remoteId, learnerId, revisionId }: Identity): string {
  return STAND_IN + hash('sha256', JSON.stringify([remoteId, learnerId, revisionId])).slice(0, 16);
}

export function isStandIn(id: string): boolean {
  return id.startsWith(STAND_IN);
}
