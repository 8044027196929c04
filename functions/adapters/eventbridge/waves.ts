import type { LearningEvent } from '../../contract/learning-events.ts';

/** An event and its place in the caller's list. */
export type Placed = { index: number; event: LearningEvent };

/**
 * The events in waves: the first event of each progression, then the second of each, and so on. When a wave is only
 * sent after the one before it was answered, events of one progression are accepted in their order.
 */
export function wavesOf(events: LearningEvent[]): Placed[][] {
  const waves: Placed[][] = [];
  const counts = new Map<string, number>();
  events.forEach((event, index) => {
    const progression = `${event.detail.integration.id}/${event.detail.progression.id}`;
    const earlier = counts.get(progression) ?? 0;
    counts.set(progression, earlier + 1);
    const wave = waves[earlier];
    if (wave === undefined) {
      waves.push([{ index, event }]);
    } else {
      wave.push({ index, event });
    }
  });
  return waves;
}
