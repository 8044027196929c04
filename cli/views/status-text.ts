import { minute, plural } from '../../functions/contract/printable-text.ts';
import type { Condition, Status } from '../../functions/core/operator/status.ts';
import type { LastRun } from '../../functions/core/state/checkpoint.ts';
import { terminalColumns } from '../terminal/output.ts';
import { type Line, type Part, styled, wrapped } from '../terminal/terminal-text.ts';
import { heldFacts } from './hold-text.ts';
import { plainTable } from './plain-table.ts';
import { countingText, failureText, heldText, runText } from './poll-outcome.ts';
import { durationText } from './words.ts';

/** The order of the keys is the order of the list: the conditions that need a person most come first. */
const COLOURS = {
  held: 'red',
  failing: 'red',
  retrying: 'yellow',
  waiting: 'yellow',
  'not started': 'cyan',
  'first sync': 'cyan',
  healthy: 'green',
  paused: 'dim',
  removed: 'dim',
} as const satisfies Record<Condition, string>;

const ORDER = Object.keys(COLOURS);

/** A column with `isWide` is not shown if the terminal is narrow. */
type Column = { head: string; cell: (status: Status, now: number) => Part; isWide?: true };

const COLUMNS: Column[] = [
  { head: 'INTEGRATION', cell: ({ integration }) => integration },
  { head: 'CONDITION', cell: ({ condition }) => styled(COLOURS[condition], condition) },
  { head: 'SYNCED', cell: ({ staleMs }) => (staleMs === null ? 'never' : `${durationText(staleMs)} ago`) },
  {
    head: 'LAST RUN',
    cell: ({ lastRun }, now) =>
      lastRun === null ? '' : `${durationText(now - Date.parse(lastRun.endedAt))} ago`,
    isWide: true,
  },
  { head: 'PAGES', cell: ({ lastRun }) => String(lastRun?.pages ?? ''), isWide: true },
  { head: 'RECORDS', cell: ({ lastRun }) => String(lastRun?.records ?? ''), isWide: true },
  { head: 'EVENTS', cell: ({ lastRun }) => String(lastRun?.events ?? '') },
  { head: 'KNOWN', cell: ({ known }) => String(known), isWide: true },
  { head: 'SET ASIDE', cell: ({ setAside }) => (setAside === 0 ? '' : String(setAside)) },
  { head: 'JOURNAL', cell: ({ journal }) => String(journal.entries), isWide: true },
];
const WIDE = 120;

/** The integrations that most need a person come first. Below each row are the reasons for its problems. */
export function overviewText(statuses: Status[], now: number, width = terminalColumns()): Line[] {
  const sorted = statuses.toSorted(
    (a, b) => ORDER.indexOf(a.condition) - ORDER.indexOf(b.condition) || (b.staleMs ?? 0) - (a.staleMs ?? 0),
  );
  const columns = COLUMNS.filter(({ isWide }) => width >= WIDE || isWide === undefined);
  const [head = [], ...rows] = plainTable(
    columns.map((column) => column.head),
    sorted.map((status) => columns.map(({ cell }) => cell(status, now))),
  );
  const below = (status: Status) =>
    reasonsOf(status).flatMap((reason) => (Number.isFinite(width) ? wrapped(reason, width - 4) : [reason]));
  return [
    head,
    ...sorted.flatMap((status, at) => [
      rows[at] ?? [],
      ...below(status).map((line) => ['    ', styled('dim', line)]),
    ]),
  ];
}

/** Returns the problems that stop an integration from publishing, and what to do about them. */
function reasonsOf(status: Status): string[] {
  const { integration, failure, limitedUntil, held, unpublished } = status;
  return [
    held && heldReason(integration, held),
    failure && failureText(failure) + nextTryText(status),
    limitedUntil && limitText(limitedUntil),
    unpublished && unpublishedText(unpublished),
  ].filter((reason) => reason !== null);
}

function heldReason(integration: string, held: NonNullable<Status['held']>): string {
  const next = held.complete
    ? `schoolbell release ${integration}, or discard`
    : countingText(held.countedPages);
  return `${heldText(held)}, since ${minute(held.since)}: ${next}`;
}

function nextTryText({ condition, failure }: Status): string {
  const isPolled = condition !== 'paused' && condition !== 'removed';
  return failure !== null && isPolled ? `; next try ${minute(failure.retryAt)} UTC` : '';
}

function limitText(until: string): string {
  return `Kombo accepts no request before ${minute(until)} UTC`;
}

function unpublishedText({ entry, events }: NonNullable<Status['unpublished']>): string {
  return `entry ${entry} of the journal, with ${plural(events, 'event')}, is not published yet: the poll in progress or the next one publishes it`;
}

export function statusText(status: Status): Line[] {
  const { integration, condition, watermark, staleMs, failure, limitedUntil, held, journal } = status;
  const facts: [string, Part | null][] = [
    ['condition', styled(COLOURS[condition], condition)],
    [
      'synced up to',
      watermark === null ? 'never' : `${minute(watermark)} UTC, ${durationText(staleMs ?? 0)} ago`,
    ],
    [
      'failure',
      failure &&
        `${failureText(failure)}, since ${minute(failure.since)}, ${plural(status.failures, 'run')}${nextTryText(status)}`,
    ],
    ['rate limit', limitedUntil && limitText(limitedUntil)],
    ['held', held && heldReason(integration, held)],
    ...(held?.complete ? heldFacts(integration, held) : []),
    ['not published', status.unpublished && unpublishedText(status.unpublished)],
    ['running', runningText(status)],
    ['last run', lastText(status.lastRun)],
    ['last full read', lastText(status.lastReconciliation)],
    ['events in 24 h', eventsText(status.events)],
    ['known', plural(status.known, 'progression')],
    [
      'set aside',
      status.setAside === 0 ? 'nothing' : `${status.setAside}: schoolbell set-aside list ${integration}`,
    ],
    ['journal', journalText(journal)],
  ];
  const rows = facts.flatMap(([name, text]) => (text === null ? [] : [[styled('dim', name), text]]));
  return [[styled('bold', integration)], ...plainTable([], rows)];
}

function runningText({ run, reconciliation, workerUntil }: Status): string | null {
  const runs = [run, reconciliation].flatMap((one) =>
    one === null
      ? []
      : [
          `${one.mode}, ${plural(one.records, 'record')} on ${plural(one.pages, 'page')}, ${plural(one.events, 'event')}`,
        ],
  );
  if (runs.length === 0) return workerUntil === null ? null : 'a worker holds the lease';
  return `${runs.join('; ')}${workerUntil === null ? ' (continues with the next poll)' : ''}`;
}

function lastText(run: LastRun | null): string | null {
  return run && `${minute(run.endedAt)}. ${runText(run)}`;
}

function eventsText(events: Status['events']): string | null {
  if (events === null) return null;
  const counts = Object.entries(events).toSorted(([, a], [, b]) => b - a);
  return counts.length === 0 ? 'none' : counts.map(([type, count]) => `${count} ${type}`).join(', ');
}

function journalText({ entries, first, last }: Status['journal']): string {
  return entries === 0 ? 'empty' : `${entries === 1 ? '1 entry' : `${entries} entries`}, ${first} to ${last}`;
}
