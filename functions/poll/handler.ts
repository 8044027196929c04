import { randomUUID } from 'node:crypto';
import type { Integration, IntegrationId } from '../contract/integration.ts';
import { messageOf, PollMessage } from '../contract/messages.ts';
import { RateLimitedError } from '../core/errors.ts';
import { finishAbandonedWork } from '../core/operator/with-lease.ts';
import { type PollOutcome, runPoll } from '../core/poll/run-poll.ts';
import type { Ports, Queue, RunSettings } from '../core/ports.ts';

/** Time reserved for the current page: its slowest request, its writes, and the release of the lease. */
const RESERVE_MS = 90_000;

/** A margin for differences between clocks: a message must not arrive while the rate limit lasts. */
const MARGIN_MS = 1_000;

export type PollParts = {
  ports: Ports;
  settings: RunSettings;
  queue: Queue;
  /** Called with the outcome of each poll, to write logs and metrics. */
  report: (integration: string, outcome: PollOutcome) => void;
  /** Called for messages with `follow`: see `syncWithKombo`. */
  sync?: (
    id: IntegrationId,
    why: 'created' | 'changed',
    owner: string,
  ) => Promise<Integration | null | { busyUntil: string }>;
};

/** Polls the integration of a message while there is time, and sends another message to continue a run. */
export function pollHandler({ ports, settings, queue, report, sync }: PollParts) {
  return async (event: unknown, context: { getRemainingTimeInMillis(): number }): Promise<void> => {
    const message = messageOf(PollMessage, event);
    try {
      await run(message, context);
    } catch (error) {
      if (!(error instanceof RateLimitedError)) throw error;
      await queue.send([message], error.waitMs);
    }
  };

  async function run(message: PollMessage, context: { getRemainingTimeInMillis(): number }): Promise<void> {
    const integration =
      sync !== undefined && message.follow !== undefined
        ? await sync(message.integration, message.follow, randomUUID())
        : await ports.store.readIntegration(message.integration);
    if (integration === null) return;
    // A failed message would be delivered again only after the visibility timeout of the queue, 30 minutes.
    if ('busyUntil' in integration) {
      return queue.send([message], Date.parse(integration.busyUntil) - ports.clock());
    }
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
    const next = { integration: integration.id };
    if (outcome.kind === 'more' || ('again' in outcome && outcome.again)) await queue.send([next]);
    // A message is sent only for a new limit. Otherwise, each poll before its end would send one more.
    else if (outcome.kind === 'limited' && outcome.isNew) {
      await queue.send([next], Date.parse(outcome.until) + MARGIN_MS - ports.clock());
    }
  }
}
