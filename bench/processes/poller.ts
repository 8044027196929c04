import * as z from 'zod/mini';
import { Integration } from '../../functions/contract/integration.ts';
import { runPoll } from '../../functions/core/poll/run-poll.ts';
import { benchPorts, SETTINGS } from './ports.ts';
import { Services } from './services.ts';
import { measureSpent } from './spent.ts';

/** What is measured: one poll to its end. */
const Task = z.object({ services: Services, integration: Integration });
export type PollerTask = z.infer<typeof Task>;

if (import.meta.main) {
  const task = Task.parse(JSON.parse(process.argv[2] ?? ''));
  process.send?.(await measureSpent(() => poll(task)));
  process.disconnect();
}

async function poll({ services, integration }: PollerTask) {
  const parts = benchPorts(services);
  const outcome = await runPoll(parts.ports, SETTINGS, {
    integration,
    owner: `poller-${process.pid}`,
    timeLeft: () => true,
  });
  parts.close();
  if (outcome.kind !== 'ended') throw new Error(`the poll did not end: ${JSON.stringify(outcome)}`);
  const [run] = outcome.ended;
  return { pages: run?.pages ?? 0, records: run?.records ?? 0 };
}
