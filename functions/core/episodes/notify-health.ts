import { change, type Worker } from '../journal/worker.ts';
import type { Health } from '../state/checkpoint.ts';
import { envelope } from './operational-event.ts';

type Failing = Health & { state: 'failing' };

/** Publishes that runs fail. An episode has one event id, however often it is published. */
export async function notifyFailing({ ports, integration }: Worker, health: Failing): Promise<void> {
  const { code, message, logUrl } = health.failure;
  await ports.publisher.notify({
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
export async function notifyRecovered(worker: Worker): Promise<void> {
  const { ports, integration } = worker;
  const { health } = worker.checkpoint;
  if (health.state === 'failing' && health.needsNotice) {
    if (!health.notified) {
      // Every `recovered` must follow a `failing`. After a crash we do not know whether it was published.
      await notifyFailing(worker, health);
      change(worker, { health: { ...health, notified: true } });
    }
    await ports.publisher.notify({
      type: 'IntegrationRecovered',
      detail: {
        ...envelope(integration.id, `recovered/${health.since}`, ports.clock),
        failingSince: health.since,
      },
    });
  }
  change(worker, { health: { state: 'healthy' } });
}
