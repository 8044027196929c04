import type { Baseline, Integration, IntegrationId } from '../contract/integration.ts';
import { duePolls, mayBeDeployments, nextProbe } from '../core/fleet/due.ts';
import { type Fleet, surveyFleet } from '../core/fleet/fleet.ts';
import type { BulkQueue, Ports } from '../core/ports.ts';

export type DispatchParts = {
  ports: Pick<Ports, 'store' | 'clock'>;
  queue: Pick<BulkQueue, 'offer'>;
  /** From one dispatch to the next, in milliseconds. */
  intervalMs: number;
  /** Added when they are not there yet. */
  wanted?: { ids: IntegrationId[]; baseline: Baseline };
  /** Takes the state of the fleet, and how many polls were sent, for logs and metrics. */
  report?: (fleet: Fleet, sent: number) => void;
};

/**
 * Sends one message per integration that is due. What fails for some of them stops neither the others nor the report.
 *
 * @throws the first failure, at the end: the function is then called again
 */
export function dispatchHandler({ ports, queue, intervalMs, wanted, report }: DispatchParts) {
  return async (): Promise<{ sent: number }> => {
    const { store } = ports;
    const now = ports.clock();
    const { integrations, unreadable } = await store.readIntegrations();
    const there = new Set([...integrations, ...unreadable].map(({ id }) => id));
    const failures: unknown[] = [];
    for (const added of missing(there, wanted, now)) {
      try {
        const stored = await store.changeIntegration(added.id, (before) => before ?? added);
        if (stored !== null) integrations.push(stored);
      } catch (error) {
        failures.push(error);
      }
    }

    const active = integrations.filter(({ state }) => state === 'active');
    const checkpoints = await store.readCheckpoints(active.map(({ id }) => id));
    const isProbeOfUse = [...checkpoints.values()].some(mayBeDeployments);
    const turn = { checkpoints, now, intervalMs, lastProbe: isProbeOfUse ? await store.readProbe() : null };
    const { polls, stopped } = duePolls(active, turn);
    const probe = nextProbe(stopped, turn);
    if (probe !== null) {
      // Written before it is sent: another one is tried next, whatever becomes of this one.
      await store.writeProbe({ integration: probe, at: new Date(now).toISOString() });
      polls.unshift({ integration: probe });
    }
    const { taken, error } = await queue.offer(polls);
    if (error !== null) failures.push(error);
    const read = { integrations: active, unreadable };
    report?.(await surveyFleet(store, read, checkpoints, now, stopped.length), taken);
    if (failures.length > 0) throw failures[0];
    return { sent: taken };
  };
}

/** The wanted integrations that are not there. One that a person removed is there, and stays removed. */
function missing(
  there: ReadonlySet<IntegrationId>,
  wanted: DispatchParts['wanted'],
  now: number,
): Integration[] {
  const absent = wanted?.ids.filter((id) => !there.has(id)) ?? [];
  const addedAt = new Date(now).toISOString();
  return [...new Set(absent)].flatMap((id) =>
    wanted === undefined ? [] : [{ id, state: 'active', baseline: wanted.baseline, addedAt }],
  );
}
