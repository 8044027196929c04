import { createLogUpdate } from 'log-update';
import type { ReplayRecord } from '../../functions/core/replay/replay-record.ts';
import { type Line, styled, terminalText } from '../terminal/terminal-text.ts';
import { durationText } from './duration-text.ts';

const WIDTH = 30;

/** A bar below the other lines of a terminal; without a terminal there is none. */
export type ReplayProgress = {
  show(replay: ReplayRecord): void;
  /** Makes room for a line that stays. */
  above(print: () => void): void;
  close(): void;
};

/** @param isLive whether standard error is a terminal */
export function createReplayProgress(isLive: boolean): ReplayProgress {
  const live = isLive ? createLogUpdate(process.stderr) : null;
  let shown = '';
  return {
    show(replay) {
      shown = terminalText([barText(replay)]);
      live?.(shown);
    },
    above(print) {
      live?.clear();
      print();
      if (shown !== '') live?.(shown);
    },
    close() {
      live?.clear();
      live?.done();
    },
  };
}

/** How far a replay is: a bar, the counts, and the time that is left at its rate. */
export function barText({ events, published, refused, rate, failure }: ReplayRecord): Line {
  const settled = published + refused;
  const share = events === 0 ? 1 : Math.min(1, settled / events);
  const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░');
  const left = durationText((Math.max(0, events - settled) / rate) * 1000);
  const note = failure === null ? `${left} left` : `waits: ${failure.message}`;
  return [styled('cyan', bar), `  ${settled}/${events}  `, styled('dim', note)];
}
