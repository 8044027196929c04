import { randomUUID } from 'node:crypto';
import * as z from 'zod/mini';
import { Integration } from '../functions/contract/integration.ts';
import { runPoll } from '../functions/core/poll/run-poll.ts';
import { benchPorts, KEY, SETTINGS, Services, type Spent } from './measured-process.ts';

/** `read` only fetches and parses each page once, one after another: the minimum work of a poll. */
const Task = z.object({ what: z.enum(['poll', 'read']), services: Services, integration: Integration });
export type Task = z.infer<typeof Task>;

const PageBody = z.object({
  data: z.object({ next: z.nullable(z.string()), results: z.array(z.unknown()) }),
});

if (import.meta.main) {
  const task = Task.parse(JSON.parse(process.argv[2] ?? ''));
  await reportSpent(() => (task.what === 'poll' ? poll(task) : readAll(task)));
}

async function poll({ services, integration }: Task) {
  const { ports, close } = benchPorts(services);
  const request = { integration, owner: randomUUID(), timeLeft: () => true };
  const outcome = await runPoll(ports, SETTINGS, request);
  close();
  if (outcome.kind !== 'ended')
    throw new Error(`the outcome of the poll must be "ended": ${JSON.stringify(outcome)}`);
  return {
    pages: outcome.ended.reduce((sum, { pages }) => sum + pages, 0),
    records: outcome.ended.reduce((sum, { records }) => sum + records, 0),
  };
}

async function readAll({ services, integration }: Task) {
  const headers = { Authorization: `Bearer ${KEY}`, 'X-Integration-Id': integration.id };
  const read = { pages: 0, records: 0 };
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ page_size: '250', include_deleted: 'true' });
    if (cursor !== null) query.set('cursor', cursor);
    const response = await fetch(`${services.kombo}/lms/course-progressions?${query}`, { headers });
    const { data } = PageBody.parse(JSON.parse(await response.text()));
    read.pages += 1;
    read.records += data.results.length;
    cursor = data.next;
  } while (cursor !== null);
  return read;
}

async function reportSpent(task: () => Promise<Pick<Spent, 'pages' | 'records'>>): Promise<void> {
  const began = performance.now();
  const before = process.cpuUsage();
  const read = await task();
  const wallMs = performance.now() - began;
  const { user, system } = process.cpuUsage(before);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  process.send?.({ ...read, wallMs, cpuMs: (user + system) / 1000, peakMb } satisfies Spent);
  process.disconnect();
}
