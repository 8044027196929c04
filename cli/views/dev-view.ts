import { createLogUpdate } from 'log-update';
import type { PollMode } from '../../functions/contract/messages.ts';
import { jsonText, minute, plural } from '../../functions/contract/printable-text.ts';
import type { PollOutcome } from '../../functions/core/poll/run-poll.ts';
import type { DeliveredEvent } from '../../local/bus/bus.ts';
import { type Output, terminalColumns } from '../terminal/output.ts';
import { type Line, styled, terminalText, wrapped } from '../terminal/terminal-text.ts';
import { eventLine } from './event-line.ts';
import { plainTable } from './plain-table.ts';
import { doneText, problemText } from './poll-outcome.ts';

export type DevView = ReturnType<typeof createDevView>;

/** The width of the column with the consumer's name. */
const CONSUMER = 24;

/** The view prints lines and, on a terminal, a progress bar below them. */
export function createDevView(output: Output) {
  const isLive = Number.isFinite(terminalColumns()) && !output.json;
  const live = isLive ? createLogUpdate(process.stdout) : null;
  const say = (...lines: Line[]) => {
    live?.clear();
    output.say(...lines);
  };
  const seen: Seen = { opening: null, polls: 0, records: 0, events: [] };

  return {
    open(opening: Opening): void {
      seen.opening = opening;
      say(...openingText(opening));
    },
    pollBegins(at: number, mode: PollMode, updatedAfter: string | null): void {
      const name = mode === 'baseline' ? 'Baseline' : `Poll ${seen.polls}`;
      const query =
        mode === 'baseline'
          ? ' (everything)'
          : `?updated_after=${updatedAfter}${mode === 'reconcile' ? ', then everything' : ''}`;
      seen.polls += 1;
      say('', [styled('bold', name.padEnd(10)), minute(new Date(at).toISOString())]);
      say([styled('dim', `  in  GET /lms/course-progressions${query}`)]);
    },
    /** Prints the title and the description of something that happens between two polls. */
    happens(title: string, text: string): void {
      say('', [styled('bold', title)], `  ${text}`);
    },
    event(event: DeliveredEvent): void {
      seen.events.push(event);
      live?.clear();
      output.result(event, ...eventLine(event, { prefix: '  out ' }));
    },
    /** Prints what a consumer did with an event. */
    consumed(consumer: string, text: string): void {
      const lines = wrapped(text, terminalColumns() - CONSUMER);
      say(
        ...lines.map((line, at) => [
          styled('dim', (at === 0 ? `  → ${consumer}` : '').padEnd(CONSUMER) + line),
        ]),
      );
    },
    pollEnds(integration: string, outcome: PollOutcome): void {
      if (outcome.kind === 'ended')
        seen.records += outcome.ended.reduce((sum, { records }) => sum + records, 0);
      live?.clear();
      const problem = problemText(integration, outcome);
      for (const done of doneText(integration, outcome)) output.say([styled('dim', `  ${done}`)]);
      if (problem === null) return;
      // `dev` shows a hold on purpose, so a hold is not an error of this command.
      if (outcome.kind === 'held') output.say(`  ${problem}`);
      else output.error(problem);
    },
    /** `left` is the remaining share of the time until the next poll, 0 to 1. */
    timePasses(now: number, left: number): void {
      const bar = '█'.repeat(Math.round((1 - left) * 20)).padEnd(20, '░');
      const time = minute(new Date(now).toISOString());
      live?.(terminalText(['', [styled('cyan', bar), `  ${time}  `, styled('dim', 'until the next poll')]]));
    },
    /** `certificates` is the folder with the certificates, or null. */
    close(certificates: string | null): void {
      live?.clear();
      live?.done();
      output.say(...closingText(seen, certificates));
    },
  };
}

type Opening = { integration: string; baseUrl: string; busEndpoint: string; school: boolean };

type Seen = { opening: Opening | null; polls: number; records: number; events: DeliveredEvent[] };

function openingText({ baseUrl, busEndpoint, school, integration }: Opening): Line[] {
  const source = school ? "a sandbox of Kombo's API with a small school" : integration;
  return [
    [styled('bold', 'Schoolbell: what changes on a learning platform becomes events')],
    '',
    ['  ', styled('bold', 'in '), `  ${baseUrl.padEnd(26)}  ${source}`],
    ['  ', styled('bold', 'out'), `  ${busEndpoint.padEnd(26)}  a local EventBridge bus, shown here`],
    ...(school
      ? [
          '',
          'Three days pass in the school from one poll to the next. The first poll only stores the current state.',
        ]
      : []),
  ];
}

function closingText({ opening, polls, records, events }: Seen, certificates: string | null): Line[] {
  const example = events.findLast((event) => event['detail-type'] === 'CourseCompleted');
  const isIssued = events.some((event) => event['detail-type'] === 'CertificateIssued');
  const counts = `${plural(polls, 'poll')}, ${plural(records, 'progression')} read, ${plural(events.length, 'event')} published:`;
  return [
    '',
    [styled('bold', counts)],
    '',
    ...countsTable(events),
    ...(example
      ? [
          '',
          [styled('bold', 'An example of an event, as a rule on the bus receives it:')],
          '',
          ...eventJson(example),
        ]
      : []),
    ...(isIssued ? ['', `The certificates are in ${certificates}`] : []),
    ...(opening?.school ? ['', [styled('bold', 'Next')], ...NEXT.flatMap(nextText)] : []),
  ];
}

const NEXT = [
  ['one poll at a time, with data in .schoolbell/', 'npx schoolbell poll sandbox:school --local'],
  [
    'the events of one poll, as EventBridge delivers them',
    'npx schoolbell poll sandbox:school --local --json',
  ],
  ['your own learning platform', 'KOMBO_API_KEY=... npx schoolbell dev --integration ID --watch'],
  ['your rules and consumers', 'docs/consumers.md'],
  ['to deploy Schoolbell: the section "In your AWS account"', 'README.md'],
  ['all commands', 'npx schoolbell --help'],
] as const;

function nextText([what, how]: (typeof NEXT)[number]): Line[] {
  return [[`  ${what}`], ['    ', styled('cyan', how)]];
}

function countsTable(events: DeliveredEvent[]): Line[] {
  const groups = [...Map.groupBy(events, (event) => event['detail-type'])];
  const sorted = groups.sort(([, a], [, b]) => b.length - a.length);
  const cells = sorted.map(([type, { length }]) => [String(length), type]);
  const half = Math.ceil(cells.length / 2);
  const rows = cells.slice(0, half).map((left, at) => ['', ...left, ...(cells[half + at] ?? ['', ''])]);
  return rows.length === 0 ? ['  none'] : plainTable([], rows);
}

/** The largest width of the JSON of an event, and the indent of the fields of deeper objects. */
const WIDTH = 100;
const INDENT = 6;

/** Each field of the event and of its detail begins a line. Fields of deeper objects share lines. */
function eventJson(event: DeliveredEvent): Line[] {
  const { detail, ...envelope } = event;
  const head = Object.entries(envelope).map(([key, value]) => `  ${jsonText(key)}: ${jsonText(value)}`);
  const body = Object.entries(detail).map(([key, value]) => `    ${jsonText(key)}: ${dense(value)}`);
  // JSON escapes line breaks in values, so the remaining line breaks are from this function.
  return `{\n${head.join(',\n')},\n  "detail": {\n${body.join(',\n')}\n  }\n}`.split('\n');
}

/** Returns an object with as many fields on each line as the width of the terminal allows. */
function dense(value: unknown): string {
  const width = Math.min(WIDTH, terminalColumns() - INDENT - 3);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return jsonText(value);
  const fields = Object.entries(value).map(([key, field]) => `${jsonText(key)}: ${jsonText(field)}`);
  const lines: string[] = [];
  for (const field of fields) {
    const line = lines.at(-1);
    if (line === undefined || line.length + field.length > width) lines.push(field);
    else lines[lines.length - 1] = `${line}, ${field}`;
  }
  return lines.length === 1 ? `{ ${lines[0]} }` : `{\n      ${lines.join(',\n      ')}\n    }`;
}
