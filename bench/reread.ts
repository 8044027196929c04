import type { Integration } from '../functions/contract/integration.ts';
import { change } from '../functions/core/journal/worker.ts';
import { withLease } from '../functions/core/operator/with-lease.ts';
import { benchPorts, SETTINGS, type Services } from './measured-process.ts';
import { CREATED_AT, HOUR_MS } from './surroundings.ts';

/** Ends the run in progress, and makes the next poll read all records. Throws if a poll holds the lease. */
export async function rereadEverything(
  services: Services,
  integration: Integration,
  clock: () => number = Date.now,
): Promise<void> {
  const { ports, close } = benchPorts(services, { clock });
  const watermark = new Date(CREATED_AT - HOUR_MS).toISOString();
  const owner = `bench-${performance.now()}`;
  const operated = await withLease(ports, SETTINGS, integration, owner, async (worker) =>
    change(worker, { watermark, run: null }),
  );
  close();
  if (!operated.done)
    throw new Error(`${integration.id} cannot be measured, because another process polls it`);
}
