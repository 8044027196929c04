import { createLogUpdate } from 'log-update';
import type { PollMode } from '../../functions/contract/messages.ts';
import { minute } from '../../functions/contract/printable-text.ts';
import type { PollOutcome } from '../../functions/core/poll/run-poll.ts';
import type { DeliveredEvent } from '../../local/bus/delivered-event.ts';
import type { Output } from '../terminal/output.ts';
import { type Line, styled, terminalText } from '../terminal/terminal-text.ts';
import { eventJson } from './event-json.ts';
import { eventLine } from './event-line.ts';
import { plainTable } from './plain-table.ts';
import { doneText, problemText } from './poll-outcome.ts';
import { plural } from './words.ts';

/** Prints the progress of `dev`. */
export type DevView = {
  open(opening: Opening): void;
  pollBegins(poll: { at: number; mode: PollMode; updatedAfter: string | null }): void;
  event(event: DeliveredEvent): void;
  /** Prints what a consumer did with an event. */
  consumed(consumer: string, text: string): void;
  pollEnds(integration: string, outcome: PollOutcome): void;
  /**
   * Updates the progress bar.
   *
   * @param left the remaining share of the time until the next poll, 0 to 1
   */
  timePasses(now: number, left: number): void;
  close(): void;
};

/** Creates the view. It prints lines and, on a terminal, a progress bar below them. */
export function createDevView(output: Output): DevView {
  const isLive = process.stdout.isTTY && !output.json;
  const live = isLive ? createLogUpdate(process.stdout) : null;
  const say = (...lines: Line[]) => {
    live?.clear();
    output.say(...lines);
  };
  const seen: Seen = { opening: null, polls: 0, records: 0, events: [] };

  return {
    open(opening) {
      seen.opening = opening;
      say(...openingText(opening));
    },
    pollBegins({ at, mode, updatedAfter }) {
      const name = mode === 'baseline' ? 'Baseline' : `Poll ${seen.polls}`;
      const query =
        mode === 'baseline'
          ? '   (everything)'
          : `?updated_after=${updatedAfter}${mode === 'reconcile' ? ', then everything' : ''}`;
      seen.polls += 1;
      say('', [
        styled('bold', name.padEnd(10)),
        `${minute(new Date(at).toISOString())}   `,
        styled('dim', `in:  GET /lms/course-progressions${query}`),
      ]);
    },
    event(event) {
      seen.events.push(event);
      live?.clear();
      output.answer(event, ...eventLine(event, { prefix: '  out ' }));
    },
    consumed(consumer, text) {
      say([styled('dim', `      ${consumer.padEnd(11)} ${text}`)]);
    },
    pollEnds(integration, outcome) {
      if (outcome.kind === 'ended')
        seen.records += outcome.ended.reduce((sum, { records }) => sum + records, 0);
      live?.clear();
      const problem = problemText(integration, outcome);
      for (const done of doneText(integration, outcome)) output.say([styled('dim', `  ${done}`)]);
      if (problem !== null) output.complain(problem);
    },
    timePasses(now, left) {
      const bar = '█'.repeat(Math.round((1 - left) * 20)).padEnd(20, '░');
      const time = minute(new Date(now).toISOString());
      live?.(terminalText(['', [styled('cyan', bar), `  ${time}  `, styled('dim', 'until the next poll')]]));
    },
    close() {
      live?.clear();
      live?.done();
      output.say(...closingText(seen));
    },
  };
}

export type Opening = { integration: string; baseUrl: string; busEndpoint: string; school: boolean };

/** The values that were printed until now. */
export type Seen = { opening: Opening | null; polls: number; records: number; events: DeliveredEvent[] };

/** Returns the first lines: where records are read, and where events are published. */
export function openingText({ baseUrl, busEndpoint, school, integration }: Opening): Line[] {
  const source = school ? 'a sandbox of its API, with a small school' : integration;
  return [
    [styled('bold', 'Schoolbell: what changes on a learning platform becomes events')],
    '',
    ['  ', styled('bold', 'in '), `   Kombo         ${baseUrl.padEnd(28)}  ${source}`],
    [
      '  ',
      styled('bold', 'out'),
      `   EventBridge   ${busEndpoint.padEnd(28)}  a local bus; its events are shown here`,
    ],
    ...(school
      ? [
          '',
          'Three days pass in the school from one poll to the next. The first poll only stores the current state.',
        ]
      : []),
  ];
}

/** Returns the last lines: a summary, an example of an event, and what to try next. */
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

/** Returns a table with the number of events of each type, in two columns. */
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
