import type { PollOutcome } from '../../functions/core/poll/run-poll.ts';
import type { Failure, LastRun } from '../../functions/core/state/checkpoint.ts';
import { ExitCode } from '../terminal/exit-code.ts';
import { heldText } from './held-text.ts';
import { plural } from './words.ts';

/** What a poll did, a line each. */
export function doneText(id: string, outcome: PollOutcome): string[] {
  const ended = 'ended' in outcome ? outcome.ended : [];
  return [...ended.map(runText), ...ended.flatMap((run) => setAsideText(id, run))];
}

/** Why a poll did not end, and what to do: one line; null when it ended, or goes on. */
export function problemText(id: string, outcome: PollOutcome): string | null {
  switch (outcome.kind) {
    case 'ended':
    case 'more':
      return null;
    case 'held':
      return `Held for a person: ${heldText(outcome.held)}. Let them through with: schoolbell release ${id}, or drop them with: schoolbell discard ${id}`;
    case 'failed':
      return failureText(outcome.failure);
    case 'limited':
      return `Kombo takes no more requests before ${outcome.until}: poll again then, and it continues where it stopped.`;
    case 'refused':
      return outcome.reason;
    case 'busy':
      return `A poll of ${id} is running; it will poll again when it is done, at the latest after ${outcome.until}.`;
    case 'superseded':
      return `Another process took over the poll of ${id}: it finishes what this one began.`;
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

/** What stopped a run, and Kombo's page about it. */
export function failureText({ message, logUrl }: Pick<Failure, 'message' | 'logUrl'>): string {
  return logUrl === null ? message : `${message} (Kombo's log: ${logUrl})`;
}

/** A run that ended, in one sentence. */
export function runText({ mode, pages, records, events, missed }: LastRun): string {
  const published =
    mode === 'baseline' && events === 0
      ? 'known now, and nothing published'
      : `${plural(events, 'event')} published`;
  const found = missed > 0 ? `; ${missed} of them had been missed` : '';
  return `${NAMES[mode]}: ${plural(records, 'progression')} read on ${plural(pages, 'page')}, ${published}${found}.`;
}

function setAsideText(id: string, { setAside, unknownStatuses }: LastRun): string[] {
  const see = `See: schoolbell set-aside list ${id}`;
  return [
    ...(setAside > 0 ? [`${plural(setAside, 'record')} could not be processed. ${see}`] : []),
    ...(unknownStatuses > 0
      ? [`${plural(unknownStatuses, 'record')} with a status that Schoolbell does not know. ${see}`]
      : []),
  ];
}

const NAMES = { incremental: 'Poll', baseline: 'Baseline', reconcile: 'Reconciliation' } as const;
