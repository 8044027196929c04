import { createLogUpdate } from 'log-update';
import { minute, plural } from '../../functions/contract/printable-text.ts';
import { NOT_KNOWN_FROM_KOMBO } from '../../functions/core/decide/derive-from-record.ts';
import { missingOf, type ReplayPlan, type ReplayRecord } from '../../functions/core/replay/replay-record.ts';
import { type Line, styled, terminalText } from '../terminal/terminal-text.ts';
import { plainTable } from './plain-table.ts';
import { failureText } from './poll-outcome.ts';
import { durationText } from './words.ts';

type Receivers = Pick<ReplayRecord, 'consumer' | 'asLive' | 'rate'>;

export function planText(plan: ReplayPlan, receivers: Receivers): Line[] {
  const { integration, range, events, byType, position } = plan;
  const counts = Object.entries(byType).toSorted(([, a], [, b]) => b - a);
  const isFromKombo = position.source === 'kombo';
  const source = isFromKombo ? 'derived from what Kombo shows today' : 'from the journal';
  const about = isFromKombo ? 'about ' : '';
  const openEnd = isFromKombo ? 'on, including future dates' : 'to now';
  const end = range.to === null ? openEnd : `to ${minute(range.to)}`;
  const notKnown = isFromKombo ? NOT_KNOWN_FROM_KOMBO.map((line) => `  ! ${line}`) : [];
  return [
    `${about}${plural(events, 'event')} of ${integration}, ${source}, from ${minute(range.from)} ${end} (UTC):`,
    ...plainTable(
      [],
      counts.map(([type, count]) => ['', String(count), type]),
    ),
    ...notKnown,
    `${receiverText(receivers)}, at most ${receivers.rate} per second, in about ${durationText((events / receivers.rate) * 1000)}.`,
  ];
}

function receiverText({ consumer, asLive }: Receivers): string {
  if (asLive) return 'To all consumers, with the types of live events';
  return consumer === null
    ? 'To every consumer that receives replays, as Replayed<Event>'
    : `Only to ${consumer}, as Replayed<Event>`;
}

export function replayText(replay: ReplayRecord): string {
  const { id, integration, events, published, refused, state, failure, position } = replay;
  // Refused events are not set aside, because `set-aside retry` would publish them as live events.
  const refusals = refused === 0 ? '' : `, ${refused} permanently refused by EventBridge`;
  const sent = `${published} of ${plural(events, 'event')} sent${refusals}`;
  const problem = failure === null ? '' : `; ${failureText(failure)}`;
  switch (state) {
    case 'finished': {
      const missing = missingOf(replay);
      const why =
        position.source === 'kombo'
          ? 'Kombo did not show them again'
          : 'retention removed them from the journal before sending';
      return `Replay ${id} is finished: ${sent}${missing === 0 ? '.' : `; ${plural(missing, 'event')} not sent, because ${why}.`}`;
    }
    case 'stopped':
      return `Replay ${id} is stopped: ${sent}${problem}. Continue with: schoolbell replay ${integration} --resume ${id}`;
    case 'running':
      return `Replay ${id} is running: ${sent}${problem}.`;
  }
}

export function replaysText(replays: ReplayRecord[]): Line[] {
  return plainTable(
    ['REPLAY', 'STATE', 'ORDERED (UTC)', 'FROM', 'TO', 'SENT', 'CONSUMER', 'REASON'],
    replays.map(({ id, state, orderedAt, range, published, events, consumer, asLive, reason }) => [
      id,
      state,
      minute(orderedAt),
      minute(range.from),
      range.to === null ? '' : minute(range.to),
      `${published}/${events}`,
      asLive ? '(as live)' : (consumer ?? '(all)'),
      reason,
    ]),
  );
}

const WIDTH = 30;

export type ReplayProgress = ReturnType<typeof createReplayProgress>;

/** Creates a progress bar below all other lines. `isLive` is true if standard error is a terminal. */
export function createReplayProgress(isLive: boolean) {
  const live = isLive ? createLogUpdate(process.stderr) : null;
  let shown = '';
  return {
    show(replay: ReplayRecord): void {
      shown = terminalText([barText(replay)]);
      live?.(shown);
    },
    /** Hides the bar while `print` prints other lines. */
    above(print: () => void): void {
      live?.clear();
      print();
      if (shown !== '') live?.(shown);
    },
    close(): void {
      live?.clear();
      live?.done();
    },
  };
}

export function barText({ events, published, refused, rate, failure }: ReplayRecord): Line {
  const processed = published + refused;
  const share = events === 0 ? 1 : Math.min(1, processed / events);
  const bar = '█'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '░');
  const left = durationText((Math.max(0, events - processed) / rate) * 1000);
  const note = failure === null ? `${left} left` : `waiting: ${failure.message}`;
  return [styled('cyan', bar), `  ${processed}/${events}  `, styled('dim', note)];
}
