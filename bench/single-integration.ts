import { bundled, startChild } from './child.ts';
import { integrationOf, type Spent } from './measured-process.ts';
import type { PollerTask } from './poller.ts';
import type { ReaderTask } from './reader.ts';
import { type Measure, plainMeasure } from './report.ts';
import { rereadEverything, seedTable } from './seed-table.ts';
import { startSurroundings } from './surroundings.ts';

/** The options of the benchmark. */
export type BenchOptions = {
  engine: 'native' | 'embedded';
  /** The number of times that each measure is repeated. */
  rounds: number;
  /** The sandbox's response time for a page, in milliseconds. */
  answerMs: number;
  /** The number of records of the integration that is polled. Memory is also measured with ten times as many. */
  records: number;
  /** Prints which measure is running. */
  say: (what: string) => void;
};

/**
 * The response time for the measures of processor time and memory. With the normal response time, these
 * measures would take a quarter of an hour.
 */
const FAST_ANSWER_MS = 20;

/** The share of a core that a function with 512 MB has. Lambda gives a whole core with 1,769 MB. */
const FUNCTION_SHARE = 0.289;

/**
 * The conditions of a measure: how many records an integration has, how long the sandbox takes for a page,
 * and which share of a core each process has.
 */
type Case = { records: number; answerMs: number; share: number };

/** What each of the four processes used in each round. */
type Rounds = Record<'reader' | 'firstSync' | 'unchanged' | 'changed', Spent[]>;

/**
 * Measures the time, processor time and memory of polls of one integration: its first sync, a poll without
 * changes, and a poll with a tenth of the records changed. Each poll runs in a separate process. The reader,
 * which only fetches and parses each page once, also runs in a separate process.
 */
export async function measureTimes(options: BenchOptions): Promise<Measure[]> {
  const { records, answerMs } = options;
  const many = await measureCase(options, { records, answerMs: FAST_ANSWER_MS, share: 1 });
  const some = await measureCase(options, { records: records / 4, answerMs, share: 1 });
  const held = await measureCase(options, { records: records / 10, answerMs, share: FUNCTION_SHARE });

  const seconds = (spent: Spent[], kind: 'wallMs' | 'cpuMs') => spent.map((each) => each[kind] / 1000);
  const row = (
    name: string,
    rounds: Rounds,
    what: 'firstSync' | 'unchanged' | 'changed',
    kind: 'wallMs' | 'cpuMs',
    atMost: number,
  ): Measure => ({
    name,
    beside: 'only fetching and parsing each page once',
    unit: 's',
    values: seconds(rounds[what], kind),
    limits: seconds(rounds.reader, kind),
    atMost,
  });
  const text = (count: number) => `${count.toLocaleString('en')} records`;
  const atFast = `${text(records)}, ${FAST_ANSWER_MS} ms a page`;
  const atShare = `${text(records / 10)}, ${FUNCTION_SHARE} of a core`;
  return [
    row(`first sync, ${text(records / 4)}`, some, 'firstSync', 'wallMs', 1.15),
    row(`first sync, ${atShare}`, held, 'firstSync', 'wallMs', 1.5),
    row(`unchanged, ${atShare}`, held, 'unchanged', 'wallMs', 1.15),
    row(`a tenth changed, ${atFast}`, many, 'changed', 'wallMs', 4),
    row(`processor time, unchanged, ${atFast}`, many, 'unchanged', 'cpuMs', 2.2),
    plainMeasure(`processor time, first sync, ${atFast}`, 's', seconds(many.firstSync, 'cpuMs'), 14.2),
    plainMeasure(
      `peak memory of a first sync, ${text(records)}`,
      'MB',
      many.firstSync.map(({ peakMb }) => peakMb),
      200,
    ),
  ];
}

async function measureCase(
  { engine, rounds, say }: BenchOptions,
  { records, answerMs, share }: Case,
): Promise<Rounds> {
  const ids = Array.from({ length: rounds }, (_, round) => `moodle:round-${round + 1}`);
  const surroundings = await startSurroundings(
    ids.map((id) => ({ id, count: records })),
    engine,
  );
  const { services, control, change } = surroundings;
  control.setDelay(answerMs);
  const [poller, reader] = [await bundled('poller.ts'), await bundled('reader.ts')];
  const spent: Rounds = { reader: [], firstSync: [], unchanged: [], changed: [] };
  const run = async (what: keyof Rounds, round: number, task: PollerTask | ReaderTask) => {
    say(`${records} records, ${answerMs} ms a page, ${share} of a core, round ${round + 1}: ${what}`);
    const used = await startChild(what === 'reader' ? reader : poller, task, share).spent();
    if (used.records !== records) throw new Error(`${used.records} records were read instead of ${records}`);
    spent[what].push(used);
  };
  try {
    for (const [round, id] of ids.entries()) {
      const integration = integrationOf(id);
      const task = { services, integrations: [integration] };
      await run('reader', round, { services, integration: id });
      await run('firstSync', round, task);
      await rereadEverything(services, integration);
      await run('unchanged', round, task);
      change(id, 10);
      await rereadEverything(services, integration);
      await run('changed', round, task);
    }
  } finally {
    await surroundings.close();
  }
  return spent;
}

/**
 * Measures the peak memory of a poll of ten times as many records. The memory is compared with the memory for
 * `records` records, and with a fixed limit.
 */
export async function measureMemory(options: BenchOptions): Promise<Measure[]> {
  const few = await peakMemory(options, options.records);
  const many = await peakMemory(options, options.records * 10);
  const text = (records: number) => records.toLocaleString('en');
  const name = `peak memory at ${text(options.records * 10)} records, at ${FAST_ANSWER_MS} ms a page`;
  const beside = `at ${text(options.records)}`;
  return [
    { name, beside, unit: 'MB', values: [many], limits: [few], atMost: 1.15 },
    plainMeasure(name, 'MB', [many], 135),
  ];
}

/** Returns the peak memory, in MB, of a poll of an integration whose records are all known and unchanged. */
async function peakMemory({ engine, say }: BenchOptions, records: number): Promise<number> {
  const integration = integrationOf('moodle:unchanged');
  const surroundings = await startSurroundings([{ id: integration.id, count: records }], engine);
  const { services, control } = surroundings;
  control.setDelay(FAST_ANSWER_MS);
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
