import type { JournalPosition } from '../../functions/contract/learning-events.ts';

/** What of an event says where it belongs. */
export type Ordered = {
  detail: {
    integration: { id: string };
    progression: { id: string };
    journal: JournalPosition | null;
  };
};

/**
 * A place in the journal as text that sorts as the journal does, within one integration: a later event of a progression
 * has the greater text. Null for an event that was only derived from Kombo, which has no place.
 */
export function positionOf({ detail: { journal } }: Ordered): string | null {
  if (journal === null) return null;
  return `${digits(journal.entry, 12)}/${digits(journal.index, 6)}`;
}

/** Whose events form one story: keep the last position under this key. */
export function storyOf({ detail: { integration, progression } }: Ordered): string {
  return `${integration.id}/${progression.id}`;
}

/**
 * Where a consumer keeps how far it is with each story. `advance` keeps the greater of what is there and the new
 * position, in one conditional write.
 */
export type Positions = {
  read(story: string): Promise<string | null>;
  advance(story: string, position: string): Promise<void>;
};

/**
 * Handles an event unless a later one of the same progression was handled before: EventBridge does not promise order,
 * and what arrives late would bring an old state back. The position is kept after the handling, so that a failure is
 * tried again; an event that comes twice is handled twice (`oncePerEvent` is for that). Events that were only derived
 * from Kombo are handled where nothing is known yet.
 *
 * @returns whether it was handled
 */
export async function unlessOutdated<Event extends Ordered>(
  positions: Positions,
  event: Event,
  handle: (event: Event) => Promise<void>,
): Promise<boolean> {
  const story = storyOf(event);
  const position = positionOf(event);
  const last = await positions.read(story);
  if (last !== null && (position === null || position < last)) return false;
  await handle(event);
  if (position !== null) await positions.advance(story, position);
  return true;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
