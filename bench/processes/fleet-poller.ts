import { setPriority } from 'node:os';
import pMap from 'p-map';
import * as z from 'zod/mini';
import { Integration } from '../../functions/contract/integration.ts';
import { runPoll } from '../../functions/core/poll/run-poll.ts';
import { type Child, startChild } from './child.ts';
import type { PollerTask } from './poller.ts';
import { benchPorts, SETTINGS } from './ports.ts';
import { Services } from './services.ts';

/** Many integrations polled at the same time, as the poll queue's messages are: at most `concurrency` at once. */
const Task = z.object({
  services: Services,
  /** Integrations polled at the same time: `pollConcurrency` of the settings. */
  atOnce: z.int().check(z.positive()),
  /** In the way of the others: their messages come first. */
  troubled: z.array(Integration),
  /** In the way as well, and polled in a process of its own. */
  huge: z.nullable(Integration),
  well: z.array(Integration),
  /** The bundle that polls the huge one. */
  poller: z.string(),
});
export type FleetTask = z.infer<typeof Task>;

/** When the last of those that are well was polled, in milliseconds since the first message. */
export const FleetSpent = z.object({ wellMs: z.number() });
export type FleetSpent = z.infer<typeof FleetSpent>;

/** In Lambda each integration has a machine of its own: here the huge one gets what processor time the others leave. */
const LOWEST_PRIORITY = 19;

if (import.meta.main) {
  const task = Task.parse(JSON.parse(process.argv[2] ?? ''));
  process.send?.({ wellMs: await pollFleet(task) } satisfies FleetSpent);
  process.exit();
}

async function pollFleet({ services, atOnce, troubled, huge, well, poller }: FleetTask): Promise<number> {
  const parts = benchPorts(services);
  const poll = async (integration: Integration) => {
    const owner = `fleet-${process.pid}-${integration.id}`;
    return runPoll(parts.ports, SETTINGS, { integration, owner, timeLeft: () => true });
  };
  const began = performance.now();
  let open = well.length;
  let hugePoller: Child | null = null;
  const done = Promise.withResolvers<number>();
  const messages: (() => Promise<unknown>)[] = [
    ...(huge === null
      ? []
      : [
          async () => {
            const task: PollerTask = { services, integration: huge };
            hugePoller = startChild(poller, task);
            setPriority(hugePoller.pid, LOWEST_PRIORITY);
            await Promise.race([hugePoller.said(), done.promise]);
          },
        ]),
    ...troubled.map((integration) => () => Promise.race([poll(integration), done.promise])),
    ...well.map((integration) => async () => {
      const outcome = await poll(integration);
      if (outcome.kind !== 'ended') throw new Error(`${integration.id} did not end: ${outcome.kind}`);
      open -= 1;
      if (open === 0) done.resolve(performance.now() - began);
    }),
  ];
  await pMap(messages, (message) => message(), { concurrency: atOnce });
  stop(hugePoller);
  return done.promise;
}

function stop(child: Child | null): void {
  child?.stop();
}
