import type { DeliveredEvent } from '../../local/bus/delivered-event.ts';
import { type Line, styled } from '../terminal/terminal-text.ts';
import { eventJson } from './event-json.ts';
import { plainTable } from './plain-table.ts';
import { plural } from './plural.ts';

export type Opening = { integration: string; baseUrl: string; busEndpoint: string; school: boolean };

/** What there was to see. */
export type Seen = { opening: Opening | null; polls: number; records: number; events: DeliveredEvent[] };

/** What is about to be seen: what comes in, what goes out. */
export function openingText({ baseUrl, busEndpoint, school, integration }: Opening): Line[] {
  const source = school ? 'a sandbox of its API, over a small school' : integration;
  return [
    [styled('bold', 'Schoolbell: what changes on a learning platform becomes events')],
    '',
    ['  ', styled('bold', 'in '), `   Kombo         ${baseUrl.padEnd(28)}  ${source}`],
    [
      '  ',
      styled('bold', 'out'),
      `   EventBridge   ${busEndpoint.padEnd(28)}  a local bus; what it is given is shown here`,
    ],
    ...(school
      ? [
          '',
          'Three days of the school go by from one poll to the next. The first poll only learns what is there.',
        ]
      : []),
  ];
}

/** What was seen, and what to do next. */
export function closingText({ opening, polls, records, events }: Seen): Line[] {
  const example = events.findLast((event) => event['detail-type'] === 'CourseCompleted');
  const counts = `${plural(polls, 'poll')}, ${plural(records, 'progression')} read, ${plural(events.length, 'event')} published:`;
  return [
    '',
    [styled('bold', counts)],
    '',
    ...countsTable(events),
    ...(example
      ? ['', [styled('bold', 'One of them, as a rule on the bus receives it:')], '', ...eventJson(example)]
      : []),
    ...(opening?.school ? NEXT : []),
  ];
}

const NEXT = [
  '',
  'Next:',
  '  npx schoolbell poll sandbox:school --local                 one poll at a time, with data kept in .schoolbell/',
  '  npx schoolbell poll sandbox:school --local --json          its events, as EventBridge delivers them',
  '  KOMBO_API_KEY=... npm start -- --integration ID --watch    your own learning platform',
  '  npx schoolbell --help',
];

/** How many of each type, in two columns. */
function countsTable(events: DeliveredEvent[]): Line[] {
  const counts = new Map<string, number>();
  for (const event of events) {
    const type = event['detail-type'];
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  const cells = [...counts].sort(([, a], [, b]) => b - a).map(([type, count]) => [String(count), type]);
  const half = Math.ceil(cells.length / 2);
  const rows = cells.slice(0, half).map((left, at) => ['', ...left, ...(cells[half + at] ?? ['', ''])]);
  return rows.length === 0 ? ['  none'] : plainTable([], rows);
}
