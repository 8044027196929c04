import { createLogUpdate } from 'log-update';
import type { PollMode } from '../../functions/contract/messages.ts';
import type { PollOutcome } from '../../functions/core/poll/run-poll.ts';
import type { DeliveredEvent } from '../../local/bus/delivered-event.ts';
import type { Output } from '../terminal/output.ts';
import { type Line, styled, terminalText } from '../terminal/terminal-text.ts';
import { closingText, type Opening, openingText, type Seen } from './dev-text.ts';
import { minute } from './event-columns.ts';
import { eventLine } from './event-line.ts';
import { doneText, problemText } from './poll-outcome.ts';

/** What `dev` shows, as it happens. */
export type DevView = {
  open(opening: Opening): void;
  pollBegins(poll: { at: number; mode: PollMode; updatedAfter: string | null }): void;
  event(event: DeliveredEvent): void;
  /** What an optional consumer made of it. */
  consumed(consumer: string, text: string): void;
  pollEnds(integration: string, outcome: PollOutcome): void;
  /** `left`: the share of the time until the next poll that is left. */
  timePasses(now: number, left: number): void;
  close(): void;
};

/** Lines that stay, and on a terminal one below them that moves. */
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
      output.answer(event, ...eventLine(event, '  out '));
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
      live?.(terminalText(['', [styled('cyan', bar), `  ${time}  `, styled('dim', 'the next poll comes')]]));
    },
    close() {
      live?.clear();
      live?.done();
      output.say(...closingText(seen));
    },
  };
}
