import { kindsText, publishedText } from '../../consumers/messages/event-text.ts';
import { plural } from '../../functions/contract/printable-text.ts';
import type { WaitingChanges } from '../../functions/contract/waiting-changes.ts';
import type { PollOutcome } from '../../functions/core/poll/run-poll.ts';
import type { Failure, LastRun } from '../../functions/core/state/checkpoint.ts';
import { ExitCode } from '../terminal/exit-code.ts';

/** Returns one line for each run that ended during a poll, and lines about what the runs set aside. */
export function doneText(id: string, outcome: PollOutcome): string[] {
  const ended = 'ended' in outcome ? outcome.ended : [];
  return [...ended.map(runText), ...ended.flatMap((run) => setAsideText(id, run))];
}

/** Returns why a poll failed or was held, and what to do. Returns null when nothing is wrong. */
export function problemText(id: string, outcome: PollOutcome): string | null {
  switch (outcome.kind) {
    case 'ended':
    case 'more':
      return null;
    case 'held':
      return `These changes are held until a person decides about them: ${heldText(outcome.held)}. Publish them with: schoolbell release ${id}, or discard them with: schoolbell discard ${id}`;
    case 'failed':
      return failureText(outcome.failure);
    case 'limited':
      return `Kombo accepts no more requests before ${outcome.until}. A poll after that time continues where this poll stopped.`;
    case 'refused':
      return outcome.reason;
    case 'busy':
      return `Another process is polling ${id}, and will poll again when it has finished. If it does not finish, its lease expires at ${outcome.until}.`;
    case 'superseded':
      return `Another process has acquired the lease of ${id}, and completes the poll.`;
  }
}

export function exitCodeOf(outcome: PollOutcome): ExitCode {
  switch (outcome.kind) {
    case 'ended':
    case 'more':
      return ExitCode.done;
    case 'held':
      return ExitCode.held;
    case 'failed':
    case 'limited':
    case 'refused':
    case 'busy':
    case 'superseded':
      return ExitCode.failed;
  }
}

export function failureText({ message, logUrl }: Pick<Failure, 'message' | 'logUrl'>): string {
  return logUrl === null ? message : `${message} (Kombo's log: ${logUrl})`;
}

export function runText({ mode, pages, records, events, missed }: LastRun): string {
  const published =
    mode === 'baseline' && events === 0
      ? 'stored, and no events published'
      : `${plural(events, 'event')} published`;
  const found = missed > 0 ? `; earlier polls had missed ${missed} of them` : '';
  return `${NAMES[mode]}: ${plural(records, 'progression')} read on ${plural(pages, 'page')}, ${published}${found}.`;
}

function setAsideText(id: string, { setAside, unknownStatuses }: LastRun): string[] {
  const see = `See: schoolbell set-aside list ${id}`;
  return [
    ...(setAside > 0 ? [`${plural(setAside, 'record')} could not be processed. ${see}`] : []),
    ...(unknownStatuses > 0 ? [`${plural(unknownStatuses, 'record')} with an unknown status. ${see}`] : []),
  ];
}

const NAMES = { incremental: 'Poll', baseline: 'Baseline', reconcile: 'Reconciliation' } as const;

/** Returns for example `40 removed, 2 restored (the limit is 25 in 24 hours)`. */
export function heldText(held: { waiting: WaitingChanges; limit: number }): string {
  return `${kindsText(held.waiting)} (the limit is ${held.limit} in 24 hours${publishedText(held)})`;
}

export function countingText(countedPages: number | null): string {
  const soFar = countedPages === null ? '' : `, ${plural(countedPages, 'page')} so far`;
  return `still being counted${soFar}`;
}
