import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { ReplayMessage } from '../contract/messages.ts';
import { TransientError } from '../core/errors.ts';
import type { Queue, RunSettings } from '../core/ports.ts';
import type { ReplayPorts } from '../core/replay/ports.ts';
import { type ReplayOutcome, runReplay } from '../core/replay/run-replay.ts';

/** An SQS event with one message (the event source's batch size), as far as it is needed. */
const QueueEvent = z.object({ Records: z.array(z.object({ body: z.string() })).check(z.length(1)) });

/** Time kept back for the batch in hand: Kombo's slowest answer, the bus, the note of it, and the way out. */
const RESERVE_MS = 60_000;

/** Trouble that passes by itself has often passed then; the queue would wait longer. */
const PAUSE_MS = 30_000;

export type ReplayParts = {
  ports: ReplayPorts;
  settings: RunSettings;
  queue: Queue<ReplayMessage>;
  /** Called with the outcome of each invocation, for logs and metrics. */
  report: (message: ReplayMessage, outcome: ReplayOutcome) => void;
};

/**
 * Carries the replay that a message names on for as long as there is time, then asks for more where there is more.
 *
 * @throws TransientError when it failed and goes better later perhaps: the queue then gives the message again
 */
export function replayHandler({ ports, settings, queue, report }: ReplayParts) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const [record] = QueueEvent.parse(event).Records;
    const message = ReplayMessage.parse(JSON.parse(record?.body ?? ''));
    const carryOn = () =>
      runReplay(ports, settings, {
        ...message,
        writer: randomUUID(),
        timeLeft: () => context.getRemainingTimeInMillis() > RESERVE_MS,
      });
    let outcome = await carryOn();
    while (goesOn(outcome) && context.getRemainingTimeInMillis() > RESERVE_MS + PAUSE_MS) {
      await ports.sleep(PAUSE_MS);
      outcome = await carryOn();
    }
    report(message, outcome);
    switch (outcome.kind) {
      case 'more':
        return queue.send([message]);
      case 'failed':
        if (goesOn(outcome)) {
          throw new TransientError(`The replay ${message.replay} did not go on: ${outcome.failure.message}`);
        }
        return;
      case 'ended':
      case 'superseded':
      case 'unknown':
        return;
    }
  };
}

/** Whether it failed in a way that may go better later. */
function goesOn(outcome: ReplayOutcome): boolean {
  return outcome.kind === 'failed' && outcome.replay.state === 'running';
}
