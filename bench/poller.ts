import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { Integration } from '../functions/contract/integration.ts';
import { runPoll } from '../functions/core/poll/run-poll.ts';
import { benchPorts, reportSpent, SETTINGS, Services } from './measured-process.ts';

/** The task of a measured process that polls an integration until its poll has ended. */
const Task = z.object({ services: Services, integration: Integration });
export type PollerTask = z.infer<typeof Task>;

if (import.meta.main) {
  const task = Task.parse(JSON.parse(process.argv[2] ?? ''));
  await reportSpent(() => poll(task));
}

async function poll({ services, integration }: PollerTask) {
  const { ports, close } = benchPorts(services);
  const request = { integration, owner: randomUUID(), timeLeft: () => true };
  const outcome = await runPoll(ports, SETTINGS, request);
  close();
  if (outcome.kind !== 'ended') throw new Error(`the poll did not end: ${JSON.stringify(outcome)}`);
  return {
    pages: outcome.ended.reduce((sum, { pages }) => sum + pages, 0),
    records: outcome.ended.reduce((sum, { records }) => sum + records, 0),
  };
}
