import type { Integration } from '../../functions/contract/integration.ts';
import { memoryOptions, POLL_MEMORY_MB } from '../../infra/constructs/function-options.ts';
import { bundled } from '../processes/bundle.ts';
import { startChild } from '../processes/child.ts';
import type { PollerTask } from '../processes/poller.ts';
import type { ReaderTask } from '../processes/reader.ts';
import { Spent } from '../processes/spent.ts';
import { startSurroundings } from '../processes/surroundings.ts';
import { rereadEverything, seedTable } from '../seed-table.ts';
import type { BenchOptions } from './bench-options.ts';
import type { Measure } from './measure.ts';

/** Those of the deployed poll function. */
const NODE_OPTIONS = memoryOptions(POLL_MEMORY_MB);

/** Of 1,000,000 records, and of a tenth of them: what is read again, as a first sync reads it. */
const PASSES = 2;

/** What is known of a poll of one integration: each round of each kind, with the loop that only reads the same pages. */
export type Rounds = { unchanged: Spent[]; changed: Spent[]; firstSync: Spent[]; reader: Spent[] };

/**
 * Polls an integration of so many records in all three ways, each in a process of its own, beside the loop that only
 * fetches and parses the same pages.
 */
export async function pollOneIntegration(options: BenchOptions): Promise<Rounds> {
  const { engine, rounds, answerMs, records, say } = options;
  const ids = Array.from({ length: rounds }, (_, round) => integrationOf(`moodle:round-${round + 1}`));
  const surroundings = await startSurroundings(
    { integrations: ids.map(({ id }) => ({ id, count: records })), answerMs },
    engine,
  );
  const { services } = surroundings;
  const files = { poller: await bundled('poller.ts'), reader: await bundled('reader.ts') };
  const poll = async (integration: Integration) => {
    const task: PollerTask = { services, integration };
    return Spent.parse(await startChild(files.poller, task, NODE_OPTIONS).said());
  };
  const read = async ({ id }: Integration) => {
    const task: ReaderTask = { services, integration: id, passes: PASSES };
    return Spent.parse(await startChild(files.reader, task, NODE_OPTIONS).said());
  };

  const spent: Rounds = { unchanged: [], changed: [], firstSync: [], reader: [] };
  try {
    for (const [round, integration] of ids.entries()) {
      say(`round ${round + 1} of ${rounds}: only reading`);
      spent.reader.push(await read(integration));
      say(`round ${round + 1} of ${rounds}: first sync`);
      spent.firstSync.push(await poll(integration));
      await rereadEverything(services, integration);
      say(`round ${round + 1} of ${rounds}: unchanged`);
      spent.unchanged.push(await poll(integration));
      await surroundings.tell({ change: integration.id, every: 10 });
      await rereadEverything(services, integration);
      say(`round ${round + 1} of ${rounds}: a tenth changed`);
      spent.changed.push(await poll(integration));
    }
  } finally {
    surroundings.stop();
  }
  for (const { pages, records: read } of Object.values(spent).flat()) {
    const expected = PASSES * records;
    if (read !== expected)
      throw new Error(`${read} records on ${pages} pages were read instead of ${expected}`);
  }
  return spent;
}

/** The rows about time and processor time. */
export function timeMeasures({ unchanged, changed, firstSync, reader }: Rounds, records: number): Measure[] {
  const many = records.toLocaleString('en');
  const beside = 'only fetching and parsing the same pages';
  const seconds = (spent: Spent[]) => spent.map(({ wallMs }) => wallMs / 1000);
  const processor = (spent: Spent[]) => spent.map(({ cpuMs }) => cpuMs / 1000);
  const row = (name: string, spent: Spent[], atMost: number): Measure => ({
    name,
    beside,
    unit: 's',
    values: seconds(spent),
    limits: seconds(reader),
    atMost,
  });
  return [
    row(`${many} records, unchanged`, unchanged, 1.1),
    row(`${many} records, 10 % changed, events published`, changed, 1.25),
    row(`first sync of ${many} records`, firstSync, 1.35),
    {
      name: 'processor time of the poller, unchanged',
      beside,
      unit: 's',
      values: processor(unchanged),
      limits: processor(reader),
      atMost: 4,
    },
    {
      name: `peak memory of a first sync of ${many} records`,
      beside: '',
      unit: 'MB',
      values: firstSync.map(({ peakMb }) => peakMb),
      limits: [],
      atMost: 200,
    },
  ];
}

/** Polls one integration whose records are all known and unchanged, in a process of its own. */
export async function pollUnchanged(
  { engine, answerMs, say }: Pick<BenchOptions, 'engine' | 'answerMs' | 'say'>,
  records: number,
): Promise<Spent> {
  const integration = integrationOf('moodle:unchanged');
  const surroundings = await startSurroundings(
    { integrations: [{ id: integration.id, count: records }], answerMs },
    engine,
  );
  try {
    say(`unchanged, ${records.toLocaleString('en')} records: filling the table`);
    await seedTable(surroundings.services, integration, records);
    say(`unchanged, ${records.toLocaleString('en')} records`);
    const task: PollerTask = { services: surroundings.services, integration };
    return Spent.parse(await startChild(await bundled('poller.ts'), task, NODE_OPTIONS).said());
  } finally {
    surroundings.stop();
  }
}

function integrationOf(id: string): Integration {
  return { id, state: 'active', baseline: { mode: 'silent' }, addedAt: '2026-03-01T00:00:00.000Z' };
}
