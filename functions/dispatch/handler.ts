import type { Baseline, Integration, IntegrationId } from '../contract/integration.ts';
import { duePolls, mayBeDeployments, nextProbe } from '../core/fleet/due.ts';
import { type Fleet, surveyFleet } from '../core/fleet/fleet.ts';
import type { BulkQueue, Ports } from '../core/ports.ts';

export type DispatchParts = {
  ports: Pick<Ports, 'store' | 'clock'>;
  queue: Pick<BulkQueue, 'offer'>;
  intervalMs: number;
  /** Integrations to add if they are unknown. */
  wanted: { ids: IntegrationId[]; baseline: Baseline };
  /** Called with the state of all integrations and the number of sent polls, to write logs and metrics. */
  report?: (fleet: Fleet, sent: number) => void;
};

/**
 * Sends one message per integration that is due. A failure for one integration stops neither the other
 * messages nor the report. It is thrown after them, so that Lambda calls the function again.
 */
export function dispatchHandler({ ports, queue, intervalMs, wanted, report }: DispatchParts) {
  return async (): Promise<{ sent: number }> => {
    const { store } = ports;
    const now = ports.clock();
    const { integrations, unreadable } = await store.readIntegrations();
    const knownIds = new Set([...integrations, ...unreadable].map(({ id }) => id));
    const failures: unknown[] = [];
    for (const added of missing(knownIds, wanted, now)) {
      try {
        const stored = await store.changeIntegration(added.id, (before) => before ?? added);
        if (stored !== null) integrations.push(stored);
      } catch (error) {
        failures.push(error);
      }
    }

    const active = integrations.filter(({ state }) => state === 'active');
    const ids = active.map(({ id }) => id);
    const checkpoints = await store.readCheckpoints(ids);
    const needsProbe = [...checkpoints.values()].some(mayBeDeployments);
    const state = { checkpoints, now, intervalMs, lastProbe: needsProbe ? await store.readProbe() : null };
    const { polls, stopped } = duePolls(ids, state);
    const probe = nextProbe(stopped, state);
    if (probe !== null) {
      // Save before sending, so that the next probe is another integration, whatever the result of this one.
      await store.writeProbe({ integration: probe, at: new Date(now).toISOString() });
      polls.unshift({ integration: probe });
    }
    const { taken, error } = await queue.offer(polls);
    if (error !== null) failures.push(error);
    report?.(await surveyFleet(store, active, unreadable, checkpoints, now, stopped.length), taken);
    if (failures.length > 0) throw failures[0];
    return { sent: taken };
  };
}

/** An integration that a person removed is known, so it stays removed. */
function missing(
  knownIds: ReadonlySet<IntegrationId>,
  { ids, baseline }: DispatchParts['wanted'],
  now: number,
): Integration[] {
  const absent = [...new Set(ids)].filter((id) => !knownIds.has(id));
  const addedAt = new Date(now).toISOString();
  return absent.map((id) => ({ id, state: 'active', baseline, addedAt }));
}
