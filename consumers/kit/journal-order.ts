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
 * Returns the position of an event as a text: that of a later event of a progression is greater. Returns null
 * for an event of a replay from Kombo, because it is not in the journal.
 */
export function positionOf({ detail: { journal } }: Ordered): string | null {
  if (journal === null) return null;
  return `${String(journal.entry).padStart(12, '0')}/${String(journal.index).padStart(6, '0')}`;
}

/** Returns the key of an event's progression, under which the last position is stored. */
export function streamOf({ detail: { integration, progression } }: Ordered): string {
  return `${integration.id}/${progression.id}`;
}

/**
 * Stores the position of the last handled event of each stream. `advance` keeps the greater of the stored and
 * the new position, in one conditional write.
 */
export type Positions = {
  read(stream: string): Promise<string | null>;
  advance(stream: string, position: string): Promise<void>;
};

/**
 * Handles an event, unless a later event of the progression was handled: EventBridge guarantees no order, and
 * a late event would restore an old state. The position is stored after the event is handled, so that a
 * failed event is retried. An event that is delivered twice is handled twice: use `oncePerEvent` to prevent
 * this. An event of a replay from Kombo is handled only if no position is stored.
 *
 * Two events that are handled at the same time can finish in any order: if this can happen, make what `handle`
 * writes conditional on `positionOf`.
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
