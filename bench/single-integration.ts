import { bundled, startChild } from './child.ts';
import { integrationOf, type Spent } from './measured-process.ts';
import type { PollerTask } from './poller.ts';
import type { ReaderTask } from './reader.ts';
import { type Measure, plainMeasure } from './report.ts';
import { rereadEverything, seedTable } from './seed-table.ts';
import { startSurroundings } from './surroundings.ts';

/** How the benchmark is run. */
export type BenchOptions = {
  engine: 'native' | 'embedded';
  /** How often each measure is repeated. */
  rounds: number;
  /** How long the sandbox takes for a page. */
  answerMs: number;
  /** Records of the integration that is polled. Memory is also measured with ten times as many. */
  records: number;
  /** Prints what is measured. */
  say: (what: string) => void;
};

/** A run of several pages reads them twice. */
const PASSES = 2;

/** The response time for the measures of memory; with the usual one, the largest would take a quarter of an hour. */
const MEMORY_ANSWER_MS = 20;

/**
 * Time, processor time and memory of polls of one integration: its first sync, unchanged, and with a tenth changed. Each
 * poll is a process of its own, and so is the loop that only fetches and parses the same pages.
 */
export async function measureTimes(options: BenchOptions): Promise<Measure[]> {
  const { engine, rounds, answerMs, records, say } = options;
  const ids = Array.from({ length: rounds }, (_, round) => `moodle:round-${round + 1}`);
  const surroundings = await startSurroundings(
    ids.map((id) => ({ id, count: records })),
    engine,
  );
  const { services, control, change } = surroundings;
  control.setDelay(answerMs);
  const [poller, reader] = [await bundled('poller.ts'), await bundled('reader.ts')];
  const run = async (what: string, bundle: string, task: PollerTask | ReaderTask) => {
    say(what);
    const spent = await startChild(bundle, task).spent();
    if (spent.records === PASSES * records) return spent;
    throw new Error(`${spent.records} records were read instead of ${PASSES * records}`);
  };
  const readers: Spent[] = [];
  const polls: Record<'firstSync' | 'unchanged' | 'changed', Spent[]> = {
    firstSync: [],
    unchanged: [],
    changed: [],
  };
  try {
    for (const [at, id] of ids.entries()) {
      const round = `round ${at + 1} of ${rounds}`;
      const integration = integrationOf(id);
      const task = { services, integrations: [integration] };
      readers.push(
        await run(`${round}: only reading`, reader, { services, integration: id, passes: PASSES }),
      );
      polls.firstSync.push(await run(`${round}: first sync`, poller, task));
      await rereadEverything(services, integration);
      polls.unchanged.push(await run(`${round}: unchanged`, poller, task));
      change(id, 10);
      await rereadEverything(services, integration);
      polls.changed.push(await run(`${round}: a tenth changed`, poller, task));
    }
  } finally {
    await surroundings.close();
  }

  const many = records.toLocaleString('en');
  const seconds = (spent: Spent[], kind: 'wallMs' | 'cpuMs') => spent.map((each) => each[kind] / 1000);
  const row = (name: string, spent: Spent[], kind: 'wallMs' | 'cpuMs', atMost: number): Measure => ({
    name,
    beside: 'only fetching and parsing the same pages',
    unit: 's',
    values: seconds(spent, kind),
    limits: seconds(readers, kind),
    atMost,
  });
  return [
    row(`${many} records, unchanged`, polls.unchanged, 'wallMs', 1.1),
    row(`${many} records, 10 % changed, events published`, polls.changed, 'wallMs', 1.25),
    row(`first sync of ${many} records`, polls.firstSync, 'wallMs', 1.35),
    row('processor time of the poller, unchanged', polls.unchanged, 'cpuMs', 4),
    plainMeasure(
      `peak memory of a first sync of ${many} records`,
      'MB',
      polls.firstSync.map(({ peakMb }) => peakMb),
      200,
    ),
  ];
}

/** Memory of a poll of ten times as many records, compared with a tenth of them and with a fixed limit. */
export async function measureMemory(options: BenchOptions): Promise<Measure[]> {
  const few = await peakMemory(options, options.records);
  const many = await peakMemory(options, options.records * 10);
  const text = (records: number) => records.toLocaleString('en');
  const name = `peak memory at ${text(options.records * 10)} records, at ${MEMORY_ANSWER_MS} ms a page`;
  const beside = `at ${text(options.records)}`;
  return [
    { name, beside, unit: 'MB', values: [many], limits: [few], atMost: 1.15 },
    plainMeasure(name, 'MB', [many], 200),
  ];
}

/** Peak memory, in MB, of a poll of an integration whose records are all known and unchanged. */
async function peakMemory({ engine, say }: BenchOptions, records: number): Promise<number> {
  const integration = integrationOf('moodle:unchanged');
  const surroundings = await startSurroundings([{ id: integration.id, count: records }], engine);
  const { services, control } = surroundings;
  control.setDelay(MEMORY_ANSWER_MS);
  try {
    say(`memory, ${records.toLocaleString('en')} records: filling the table`);
    await seedTable(services, integration, records);
    say(`memory, ${records.toLocaleString('en')} records: polling`);
    const task: PollerTask = { services, integrations: [integration] };
    const { peakMb } = await startChild(await bundled('poller.ts'), task).spent();
    return peakMb;
  } finally {
    await surroundings.close();
  }
}
