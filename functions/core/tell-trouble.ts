import { toolOf } from '../contract/integration-id.ts';
import type { Health } from './checkpoint.ts';
import type { Worker } from './worker.ts';

type Troubled = Health & { state: 'troubled' };

/** Tells that runs fail. The episode has one id, however often it is told. */
export async function tellFailing({ ports, integration }: Worker, health: Troubled): Promise<void> {
  const { code, message, logUrl } = health.trouble;
  await ports.publisher.tell({
    type: 'IntegrationFailing',
    detail: {
      version: 1,
      id: `${integration.id}/failing/${health.since}`,
      integration: { id: integration.id, tool: toolOf(integration.id) },
      at: new Date(ports.clock()).toISOString(),
      since: health.since,
      failures: health.failures,
      error: { code, message, logUrl },
    },
  });
}

/** A run went well: ends the episode, and tells so when an operator was told of it, or may have been. */
export async function tellRecovered(worker: Worker): Promise<void> {
  const { ports, integration } = worker;
  const { health } = worker.checkpoint;
  if (health.state === 'troubled' && health.mustBeTold) {
    if (!health.told) {
      // Whether the bus took it before a crash is not known: whoever hears of an end has heard of the beginning.
      await tellFailing(worker, health);
      worker.checkpoint = { ...worker.checkpoint, health: { ...health, told: true } };
    }
    await ports.publisher.tell({
      type: 'IntegrationRecovered',
      detail: {
        version: 1,
        id: `${integration.id}/recovered/${health.since}`,
        integration: { id: integration.id, tool: toolOf(integration.id) },
        at: new Date(ports.clock()).toISOString(),
        failingSince: health.since,
      },
    });
  }
  worker.checkpoint = { ...worker.checkpoint, health: { state: 'well' } };
}
