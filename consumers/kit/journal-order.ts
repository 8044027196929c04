import type { JournalPosition } from '../../functions/contract/learning-events.ts';

/** The fields of an event that determine the order of events. */
export type Ordered = {
  detail: {
    integration: { id: string };
    progression: { id: string };
    journal: JournalPosition | null;
  };
};

/**
 * Returns the event's position in the journal of its integration, as a text that can be compared: the text of
 * a later event of a progression is greater. Returns null for an event of a replay from Kombo, because the
 * event is not in the journal.
 */
export function positionOf({ detail: { journal } }: Ordered): string | null {
  if (journal === null) return null;
  return `${String(journal.entry).padStart(12, '0')}/${String(journal.index).padStart(6, '0')}`;
}

/** Returns the key of an event's progression, whose events form one stream. Store the last position under this key. */
export function streamOf({ detail: { integration, progression } }: Ordered): string {
  return `${integration.id}/${progression.id}`;
}

/**
 * The store in which a consumer keeps the position of the last handled event of each stream. `advance` stores the greater of
 * the stored and the new position, in one conditional write.
 */
export type Positions = {
  read(stream: string): Promise<string | null>;
  advance(stream: string, position: string): Promise<void>;
};

/**
 * Handles an event, unless a later event of the same progression was handled before. EventBridge does not
 * guarantee an order, and a late event would restore an old state. The position is stored after the event is
 * handled, so that a failed event is retried. An event that is delivered twice is handled twice: use
 * `oncePerEvent` to prevent this. An event without a position (of a replay from Kombo) is handled only if no
 * position is stored.
 *
 * @returns whether the event was handled
 */
export async function unlessOutdated<Event extends Ordered>(
  positions: Positions,
  event: Event,
  handle: (event: Event) => Promise<void>,
): Promise<boolean> {
  const stream = streamOf(event);
  const position = positionOf(event);
  const last = await positions.read(stream);
  if (last !== null && (position === null || position < last)) return false;
  await handle(event);
  if (position !== null) await positions.advance(stream, position);
  return true;
}
