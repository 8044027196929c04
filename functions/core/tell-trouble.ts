import type { Health } from './checkpoint.ts';
import { envelope } from './operational-event.ts';
import { change, type Worker } from './worker.ts';

type Troubled = Health & { state: 'troubled' };

/** Publishes that runs fail. An episode has one event id, however often it is published. */
export async function tellFailing({ ports, integration }: Worker, health: Troubled): Promise<void> {
  const { code, message, logUrl } = health.trouble;
  await ports.publisher.tell({
    type: 'IntegrationFailing',
    detail: {
      ...envelope(integration.id, `failing/${health.since}`, ports.clock),
      since: health.since,
      failures: health.failures,
      error: { code, message, logUrl },
    },
  });
}

/** Ends the episode after a run that succeeded. Publishes that, where its beginning was or may have been published. */
export async function tellRecovered(worker: Worker): Promise<void> {
  const { ports, integration } = worker;
  const { health } = worker.checkpoint;
  if (health.state === 'troubled' && health.mustBeTold) {
    if (!health.told) {
      // Every `recovered` must follow a `failing`. After a crash we do not know whether it was published.
      await tellFailing(worker, health);
      change(worker, { health: { ...health, told: true } });
    }
    await ports.publisher.tell({
      type: 'IntegrationRecovered',
      detail: {
        ...envelope(integration.id, `recovered/${health.since}`, ports.clock),
        failingSince: health.since,
      },
    });
  }
  change(worker, { health: { state: 'well' } });
}
