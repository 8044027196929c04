import type { Baseline } from './contract/baseline.ts';
import type { Integration } from './contract/integration.ts';
import type { IntegrationId } from './contract/integration-id.ts';
import { duePolls } from './core/due.ts';
import { type Fleet, surveyFleet } from './core/fleet.ts';
import type { Ports, Queue } from './core/ports.ts';

export type DispatchParts = {
  ports: Pick<Ports, 'store' | 'clock'>;
  queue: Queue;
  /** Added when they are not there yet. */
  wanted?: { ids: IntegrationId[]; baseline: Baseline };
  /** Told how the fleet stands, for logs and metrics. */
  report?: (fleet: Fleet, sent: number) => void;
};

/** Sends one message per integration that is due. Returns how many. */
export function dispatchHandler({ ports, queue, wanted, report }: DispatchParts) {
  return async (): Promise<{ sent: number }> => {
    const { store } = ports;
    const now = ports.clock();
    const known = await store.readIntegrations();
    const added = missing(known, wanted, now);
    for (const integration of added) await store.writeIntegration(integration);
    const integrations = [...known, ...added];

    const active = integrations.filter(({ state }) => state === 'active');
    const checkpoints = await store.readCheckpoints(active.map(({ id }) => id));
    const due = duePolls(active, checkpoints, now);
    await queue.send(due);
    report?.(await surveyFleet(store, active, checkpoints, now), due.length);
    return { sent: due.length };
  };
}

/** The wanted integrations that are not there. One that a person removed is there, and stays removed. */
function missing(known: Integration[], wanted: DispatchParts['wanted'], now: number): Integration[] {
  const ids = new Set(known.map(({ id }) => id));
  const absent = wanted?.ids.filter((id) => !ids.has(id)) ?? [];
  const addedAt = new Date(now).toISOString();
  return [...new Set(absent)].flatMap((id) =>
    wanted === undefined ? [] : [{ id, state: 'active', baseline: wanted.baseline, addedAt }],
  );
}
