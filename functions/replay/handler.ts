import { randomUUID } from 'node:crypto';
import { messageOf, ReplayMessage } from '../contract/messages.ts';
import { logMessages } from '../contract/names.ts';
import { TransientError } from '../core/errors.ts';
import type { Queue, RunSettings } from '../core/ports.ts';
import type { ReplayPorts } from '../core/replay/ports.ts';
import type { ReplayRecord } from '../core/replay/replay-record.ts';
import { type ReplayOutcome, runReplay } from '../core/replay/run-replay.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** Reserved for the current batch: Kombo (up to 30 s), the bus (up to 10 s), and saving the progress. */
const RESERVE_MS = 60_000;

/** The delay before a retry: shorter than the visibility timeout, but most temporary failures end by then. */
const PAUSE_MS = 30_000;

type ReplayParts = {
  ports: ReplayPorts;
  settings: RunSettings;
  queue: Queue<ReplayMessage>;
  /** Called with the outcome of each invocation, to write logs and metrics. */
  report: (message: ReplayMessage, outcome: ReplayOutcome) => void;
};

/**
 * Continues the replay of a message while there is time, and sends another message to continue it.
 *
 * @throws TransientError after a temporary failure, so that the queue delivers the message again
 */
export function replayHandler({ ports, settings, queue, report }: ReplayParts) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const message = messageOf(ReplayMessage, event);
    const resume = () =>
      runReplay(ports, settings, {
        ...message,
        writer: randomUUID(),
        timeLeft: () => context.getRemainingTimeInMillis() > RESERVE_MS,
      });
    let outcome = await resume();
    while (mayRetry(outcome) && context.getRemainingTimeInMillis() > RESERVE_MS + PAUSE_MS) {
      await ports.sleep(PAUSE_MS);
      outcome = await resume();
    }
    report(message, outcome);
    if (outcome.kind === 'more') return queue.send([message]);
    if (mayRetry(outcome)) {
      throw new TransientError(`Replay ${message.replay} failed and is retried: ${outcome.failure.message}`);
    }
  };
}

function mayRetry(outcome: ReplayOutcome): outcome is ReplayOutcome & { kind: 'failed' } {
  return outcome.kind === 'failed' && outcome.replay.state === 'running';
}

export function reportReplay(telemetry: Telemetry, message: ReplayMessage, outcome: ReplayOutcome): void {
  const fields = {
    ...message,
    outcome: outcome.kind,
    ...('replay' in outcome && progressOf(outcome.replay)),
  };
  if (outcome.kind === 'failed') telemetry.warn(logMessages.replay, { ...fields, failure: outcome.failure });
  else telemetry.info(logMessages.replay, fields);
}

function progressOf({ state, events, published, refused }: ReplayRecord) {
  return { state, events, published, refused };
}
