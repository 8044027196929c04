import { minute } from '../../functions/contract/printable-text.ts';
import type { Condition, Status } from '../../functions/core/operator/status.ts';
import type { LastRun } from '../../functions/core/state/checkpoint.ts';
import { type Line, type Part, styled } from '../terminal/terminal-text.ts';
import { plainTable } from './plain-table.ts';
import { countingText, failureText, heldText, runText } from './poll-outcome.ts';
import { durationText, plural } from './words.ts';

/** The order of conditions: those that need a person most come first. */
const ORDER: Condition[] = [
  'held',
  'failing',
  'retrying',
  'waiting',
  'not started',
  'first sync',
  'healthy',
  'paused',
  'removed',
];

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

/** Returns a table of all integrations. Those that need a person most come first. */
export function overviewText(statuses: Status[], now: number): Line[] {
  const rows = statuses.toSorted(
    (a, b) => ORDER.indexOf(a.condition) - ORDER.indexOf(b.condition) || (b.staleMs ?? 0) - (a.staleMs ?? 0),
  );
  return plainTable(
    [
      'INTEGRATION',
      'CONDITION',
      'SYNCED',
      'LAST RUN',
      'PAGES',
      'RECORDS',
      'EVENTS',
      'KNOWN',
      'SET ASIDE',
      'JOURNAL',
    ],
    rows.map(({ integration, condition, staleMs, lastRun, known, setAside, journal }) => [
      integration,
      styled(COLOURS[condition], condition),
      staleMs === null ? 'never' : `${durationText(staleMs)} ago`,
      lastRun === null ? '' : `${durationText(now - Date.parse(lastRun.endedAt))} ago`,
      String(lastRun?.pages ?? ''),
      String(lastRun?.records ?? ''),
      String(lastRun?.events ?? ''),
      String(known),
      setAside === 0 ? '' : String(setAside),
      String(journal.entries),
    ]),
  );
}

/** Returns all details of one integration, one per line. */
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
        `${failureText(failure)}, since ${minute(failure.since)}, ${plural(status.failures, 'run')}; next try ${minute(failure.retryAt)}`,
    ],
    ['rate limit', limitedUntil && `Kombo accepts no request before ${minute(limitedUntil)} UTC`],
    [
      'held',
      held &&
        `${heldText(held)}, since ${minute(held.since)}: ${held.complete ? `schoolbell release ${integration}, or discard` : countingText(held.countedPages)}`,
    ],
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
