import { styleText } from 'node:util';
import type { DeliveredEvent } from '../local/bus/delivered-event.ts';
import { eventJson } from './event-json.ts';
import { plainTable } from './plain-table.ts';
import { plural } from './plural.ts';

export type Opening = { integration: string; baseUrl: string; busEndpoint: string; school: boolean };

/** What there was to see. */
export type Seen = { opening: Opening | null; polls: number; records: number; events: DeliveredEvent[] };

/** What is about to be seen: what comes in, what goes out. */
export function openingText({ baseUrl, busEndpoint, school, integration }: Opening): string {
  const source = school ? 'a sandbox of its API, over a small school' : integration;
  const story = school
    ? '\nThree days of the school go by from one poll to the next. The first poll only learns what is there.'
    : '';
  return `${styleText('bold', 'Schoolbell: what changes on a learning platform becomes events')}

  ${styleText('bold', 'in ')}   Kombo         ${baseUrl.padEnd(28)}  ${source}
  ${styleText('bold', 'out')}   EventBridge   ${busEndpoint.padEnd(28)}  a local bus; what it is given is shown here
${story}`.trimEnd();
}

/** What was seen, and what to do next. */
export function closingText({ opening, polls, records, events }: Seen): string {
  const example = events.findLast((event) => event['detail-type'] === 'CourseCompleted');
  return [
    `\n${styleText('bold', `${plural(polls, 'poll')}, ${plural(records, 'progression')} read, ${plural(events.length, 'event')} published:`)}\n`,
    countsTable(events),
    ...(example
      ? [`\n${styleText('bold', 'One of them, as a rule on the bus receives it:')}\n`, eventJson(example)]
      : []),
    opening?.school ? NEXT : '',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const NEXT = `
Next:
  npx schoolbell poll sandbox:school --local                 one poll at a time, with data kept in .schoolbell/
  npx schoolbell poll sandbox:school --local --json          its events, as EventBridge delivers them
  KOMBO_API_KEY=... npm start -- --integration ID --watch    your own learning platform
  npx schoolbell --help`;

/** How many of each type, in two columns. */
function countsTable(events: DeliveredEvent[]): string {
  const counts = new Map<string, number>();
  for (const event of events) {
    const type = event['detail-type'];
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const cells = [...counts].sort(([, a], [, b]) => b - a).map(([type, count]) => [String(count), type]);
  const half = Math.ceil(cells.length / 2);
  const rows = cells.slice(0, half).map((left, at) => ['', ...left, ...(cells[half + at] ?? ['', ''])]);
  return rows.length === 0 ? '  none' : plainTable([], rows);
}
