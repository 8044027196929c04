import type { JournalPosition } from '../../functions/contract/learning-events.ts';

/** The fields by which events are ordered. */
export type Ordered = {
  detail: {
    integration: { id: string };
    progression: { id: string };
    journal: JournalPosition | null;
  };
};

/**
 * The position in the journal of an integration, as text in the order of the journal: a later event of a progression has
 * the greater text. Null for an event that was only derived from Kombo, which has no position.
 */
export function positionOf({ detail: { journal } }: Ordered): string | null {
  if (journal === null) return null;
  return `${digits(journal.entry, 12)}/${digits(journal.index, 6)}`;
}

/** The key of an event's progression, whose events form one stream. Store the last position under this key. */
export function streamOf({ detail: { integration, progression } }: Ordered): string {
  return `${integration.id}/${progression.id}`;
}

/**
 * Where a consumer stores the position of the last event that it handled, per stream. `advance` stores the greater of the
 * stored and the new position, in one conditional write.
 */
export type Positions = {
  read(stream: string): Promise<string | null>;
  advance(stream: string, position: string): Promise<void>;
};

/**
 * Handles an event unless a later one of the same progression was handled before. EventBridge does not promise an order, and
 * a late event would restore an old state. The position is stored after the event was handled, so that a failure is retried. An
 * event that is delivered twice is handled twice: `oncePerEvent` is for that. An event that was only derived from Kombo is
 * handled where no position is stored.
 *
 * @returns whether it was handled
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

function digits(value: number, length: number): string {
  return String(value).padStart(length, '0');
}
