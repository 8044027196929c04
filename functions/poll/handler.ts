import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import type { Integration, IntegrationId } from '../contract/integration.ts';
import { PollMessage } from '../contract/messages.ts';
import { RateLimitedError } from '../core/errors.ts';
import { finishAbandonedWork } from '../core/operator/with-lease.ts';
import { type PollOutcome, runPoll } from '../core/poll/run-poll.ts';
import type { Ports, Queue, RunSettings } from '../core/ports.ts';

/** An SQS event with one message (the event source's batch size), as far as it is needed. */
const QueueEvent = z.object({ Records: z.array(z.object({ body: z.string() })).check(z.length(1)) });

/** Time kept back for the page in hand: its slowest request, the batches behind it, and the way out. */
const RESERVE_MS = 90_000;

/** The clocks of two machines differ: a message that comes too early would find the rate limit closed. */
const MARGIN_MS = 1_000;

export type PollParts = {
  ports: Ports;
  settings: RunSettings;
  queue: Queue;
  /** Told what became of each run, for logs and metrics. */
  report: (integration: string, outcome: PollOutcome) => void;
  /** Brings an integration to where it stands at Kombo, when a message asks for it. See `core/operator/sync-with-kombo.ts`. */
  sync?: (id: IntegrationId, why: 'created' | 'changed', owner: string) => Promise<Integration | null>;
};

/** Runs the integration that a message names for as long as there is time, then asks for more where there is more. */
export function pollHandler({ ports, settings, queue, report, sync: follow }: PollParts) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const [record] = QueueEvent.parse(event).Records;
    const message = PollMessage.parse(JSON.parse(record?.body ?? ''));
    try {
      await run(message, context);
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error;
      await queue.send([message], error.waitMs);
    }
  };

  async function run(message: PollMessage, context: { getRemainingTimeInMillis(): number }): Promise<void> {
    const integration =
      follow !== undefined && message.follow !== undefined
        ? await follow(message.integration, message.follow, randomUUID())
        : await ports.store.readIntegration(message.integration);
    if (integration === null) return;
    if (integration.state !== 'active')
      return finishAbandonedWork(ports, settings, integration, randomUUID());

    const outcome = await runPoll(ports, settings, {
      integration,
      ...(message.mode && { mode: message.mode }),
      ...(message.othersLetIn && { othersLetIn: true }),
      owner: randomUUID(),
      timeLeft: () => context.getRemainingTimeInMillis() > RESERVE_MS,
    });
    report(integration.id, outcome);
    // A reconciliation that was asked for may not have had its turn yet: `more` may be of the run before it.
    const isLater = outcome.kind === 'more' || outcome.kind === 'limited';
    const mode = isLater && message.mode ? { mode: message.mode } : {};
    const next = { integration: integration.id, ...mode };
    if (isUnfinished(outcome)) await queue.send([next]);
    // Otherwise a message is on its way already: with one for each, they would become more and more.
    else if (outcome.kind === 'limited' && outcome.isNew) {
      await queue.send([next], Date.parse(outcome.until) + MARGIN_MS - ports.clock());
    }
  }
}

function isUnfinished(outcome: PollOutcome): boolean {
  switch (outcome.kind) {
    case 'more':
      return true;
    case 'ended':
    case 'held':
      return outcome.again;
    case 'busy':
    case 'superseded':
    case 'refused':
    case 'limited':
    case 'failed':
      return false;
  }
}
