import pMap from 'p-map';
import * as z from 'zod/mini';
import { Integration } from '../functions/contract/integration.ts';
import { runPoll } from '../functions/core/poll/run-poll.ts';
import { benchPorts, reportSpent, SETTINGS, Services } from './measured-process.ts';

/**
 * The task of a measured process that polls several integrations at the same time, until all polls have
 * ended.
 */
const Task = z.object({ services: Services, integrations: z.array(Integration) });
export type PollerTask = z.infer<typeof Task>;

if (import.meta.main) {
  const task = Task.parse(JSON.parse(process.argv[2] ?? ''));
  await reportSpent(() => pollAll(task));
}

async function pollAll({ services, integrations }: PollerTask) {
  const { ports, close } = benchPorts(services);
  const poll = async (integration: Integration) => {
    const owner = `poller-${process.pid}-${integration.id}`;
    const outcome = await runPoll(ports, SETTINGS, { integration, owner, timeLeft: () => true });
    if (outcome.kind !== 'ended') throw new Error(`the poll did not end: ${JSON.stringify(outcome)}`);
    return outcome.ended;
  };
  // If one poll fails, the others continue until they end.
  const runs = (await pMap(integrations, poll, { stopOnError: false })).flat();
  close();
  return {
    pages: runs.reduce((sum, { pages }) => sum + pages, 0),
    records: runs.reduce((sum, { records }) => sum + records, 0),
  };
}
