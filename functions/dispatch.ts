import { duePolls } from './core/due.ts';
import type { Ports, Queue } from './core/ports.ts';

export type DispatchParts = { ports: Pick<Ports, 'store' | 'clock'>; queue: Queue };

/** Sends one message per integration that is due. Returns how many. */
export function dispatchHandler({ ports, queue }: DispatchParts) {
  return async (): Promise<{ sent: number }> => {
    const integrations = await ports.store.readIntegrations();
    const checkpoints = await ports.store.readCheckpoints(integrations.map(({ id }) => id));
    const due = duePolls(integrations, checkpoints, ports.clock());
    await queue.send(due);
    return { sent: due.length };
  };
}
