import * as z from 'zod/mini';
import { Integration } from '../functions/contract/integration.ts';
import { KEY, reportSpent, Services } from './measured-process.ts';

/**
 * The task of a measured process that only fetches and parses each page once, one after another. A poll
 * cannot be faster than this process.
 */
const Task = z.object({
  services: Services,
  integration: Integration,
});
export type ReaderTask = z.infer<typeof Task>;

const PageBody = z.object({
  data: z.object({ next: z.nullable(z.string()), results: z.array(z.unknown()) }),
});

if (import.meta.main) {
  const task = Task.parse(JSON.parse(process.argv[2] ?? ''));
  await reportSpent(() => readAll(task));
}

async function readAll({ services, integration }: ReaderTask) {
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
