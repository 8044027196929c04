import * as z from 'zod/mini';
import { printable } from '../../functions/contract/printable-text.ts';
import { isEventType } from '../../functions/contract/published-events.ts';
import { headlineOf, isBlank } from '../messages/event-text.ts';

/** An item contains no data about a person. */
export const DigestItem = z.object({ id: z.string(), type: z.string(), course: z.nullish(z.string()) });
export type DigestItem = z.infer<typeof DigestItem>;

/** With these limits, the text has fewer than 3,000 characters, the maximum of a block in Slack. */
const MOST_LINES = 20;
const MOST_TITLE = 100;

/** Counts the events by type and course, the most frequent first. An event that came twice counts once. */
export function summarise(items: DigestItem[]): { events: number; headline: string; lines: string } {
  const unique = [...new Map(items.map((item) => [item.id, item])).values()];
  const counts = new Map<string, number>();
  for (const item of unique) counts.set(lineOf(item), (counts.get(lineOf(item)) ?? 0) + 1);
  const lines = [...counts]
    .toSorted(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(([line, count]) => `${count} × ${line}`);
  const more = lines.length - MOST_LINES;
  return {
    events: unique.length,
    headline: `${unique.length} ${unique.length === 1 ? 'event' : 'events'} since the last digest`,
    lines: [...lines.slice(0, MOST_LINES), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
  };
}

function lineOf({ type, course }: DigestItem): string {
  const name = type.replace(/^Replayed/, '');
  const headline = isEventType(name) ? headlineOf(name) : name;
  return course && !isBlank(course) ? `${headline} · ${shortened(course)}` : headline;
}

function shortened(title: string): string {
  const letters = [...printable(title.replaceAll(/\s+/g, ' '))];
  return letters.length > MOST_TITLE ? `${letters.slice(0, MOST_TITLE - 1).join('')}…` : letters.join('');
}
