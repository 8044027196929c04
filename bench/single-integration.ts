import { POLL_MEMORY_MB } from '../infra/constructs/function-options.ts';
import { bundledTask, runChild } from './child.ts';
import { functionCost } from './cost-model.ts';
import { integrationOf, rereadEverything, type Spent } from './measured-process.ts';
import { type Measure, plainMeasure } from './report.ts';
import { startSurroundings } from './surroundings.ts';
import type { Task } from './task.ts';

export type BenchOptions = {
  engine: 'native' | 'embedded';
  /** Each time is measured once per round. */
  rounds: number;
  /** The sandbox's response time for a page, in milliseconds. */
  responseMs: number;
  /** Records of an integration. Some measures use a quarter or a tenth of them, and one ten times as many. */
  records: number;
  /** Prints which measure is running. */
  say: (what: string) => void;
};

/** The response time in measures that would take a quarter of an hour with that of the options. */
const FAST_RESPONSE_MS = 20;

/** Kombo's largest page. */
const PAGE = 250;

/** With `functionMb`, each process has the share of a core that Lambda gives to such a function. */
type Case = { records: number; responseMs: number; functionMb?: number };

type Rounds = Record<'reader' | 'firstSync' | 'unchanged' | 'changed' | 'page' | 'idle', Spent[]>;

/**
 * Compares polls with a reader, which only fetches and parses each page once: a first sync, and polls that
 * read all records again, unchanged or with a tenth of them changed.
 */
export async function measureTimes(options: BenchOptions): Promise<Measure[]> {
  const { records, responseMs } = options;
  const many = await measureCase(options, { records, responseMs: FAST_RESPONSE_MS });
  const some = await measureCase(options, { records: records / 4, responseMs });
  const held = await measureCase(options, { records: records / 10, responseMs, functionMb: POLL_MEMORY_MB });

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
  const atFast = `${text(records)}, ${FAST_RESPONSE_MS} ms a page`;
  const atShare = `${text(records / 10)}, with the processor of ${POLL_MEMORY_MB} MB`;
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

/** The memory sizes of the measured functions, in MB. The function with the largest size has a whole core. */
const SIZES_MB = [256, 512, 1_024, 1_769];

/** The durations, in seconds, of three polls of a function with this memory. */
export type Size = { memoryMb: number; idle: number; page: number; firstSync: number };

/** The time of one invocation for pages: its timeout minus `RESERVE_MS` of `functions/poll/handler.ts`. */
const INVOCATION_SECONDS = 5 * 60 - 90;

/**
 * Measures polls of a function for each memory size, and a first sync of ten times as many records, which
 * must end within one invocation. Uses the shortest time of several rounds, because other work on the machine
 * only adds time.
 */
export async function measureSizes(options: BenchOptions): Promise<{ sizes: Size[]; measures: Measure[] }> {
  const { records, responseMs } = options;
  const sizes: Size[] = [];
  for (const memoryMb of SIZES_MB) {
    const rounds = await measureCase(options, { records: records / 10, responseMs, functionMb: memoryMb }, [
      'firstSync',
      'idle',
      'page',
    ]);
    const best = (what: keyof Rounds) => Math.min(...seconds(rounds[what], 'wallMs'));
    sizes.push({ memoryMb, idle: best('idle'), page: best('page'), firstSync: best('firstSync') });
  }
  const whole = await measureCase(
    { ...options, rounds: 1 },
    { records, responseMs, functionMb: POLL_MEMORY_MB },
    ['firstSync'],
  );
  const name = `first sync, ${text(records)}, with the processor of ${POLL_MEMORY_MB} MB, in one call`;
  return {
    sizes,
    measures: [plainMeasure(name, 's', seconds(whole.firstSync, 'wallMs'), INVOCATION_SECONDS)],
  };
}

/** Returns a Markdown table of the times, and of the cost of a million invocations. */
export function sizeTable(sizes: Size[]): string {
  const head = [
    'memory',
    'idle poll',
    'page of 250 changes',
    'first sync',
    'a million idle polls',
    'a million such pages',
  ];
  const rows = sizes.map(({ memoryMb, idle, page, firstSync }) => [
    `${memoryMb} MB`,
    `${idle.toFixed(2)} s`,
    `${page.toFixed(2)} s`,
    `${firstSync.toFixed(1)} s`,
    `$${(1e6 * functionCost(memoryMb, idle)).toFixed(2)}`,
    `$${(1e6 * functionCost(memoryMb, page)).toFixed(2)}`,
  ]);
  return [head, head.map(() => '--:'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const ALL = ['reader', 'firstSync', 'unchanged', 'changed'] as const;

/** Measures the tasks in their order, each in a new process, with another integration in each round. */
async function measureCase(
  { engine, rounds, say }: BenchOptions,
  { records, responseMs, functionMb }: Case,
  tasks: readonly (keyof Rounds)[] = ALL,
): Promise<Rounds> {
  const ids = Array.from({ length: rounds }, (_, round) => `moodle:round-${round + 1}`);
  await using surroundings = await startSurroundings(
    ids.map((id) => ({ id, count: records })),
    engine,
    responseMs,
  );
  const { services, change } = surroundings;
  const bundle = await bundledTask();
  const spent: Rounds = { reader: [], firstSync: [], unchanged: [], changed: [], page: [], idle: [] };
  for (const [round, id] of ids.entries()) {
    const integration = integrationOf(id);
    for (const what of tasks) {
      const of = functionMb === undefined ? '' : `, as in a function with ${functionMb} MB`;
      say(`${records} records, ${responseMs} ms a page${of}, round ${round + 1}: ${what}`);
      if (what === 'changed') change(id, 10);
      if (what === 'page') change(id, records / PAGE);
      if (what === 'unchanged' || what === 'changed') await rereadEverything(services, integration);
      const task: Task = { what: what === 'reader' ? 'read' : 'poll', services, integration };
      const used = await runChild(bundle, task, functionMb);
      const expected = what === 'page' ? PAGE : what === 'idle' ? 0 : records;
      if (used.records !== expected) {
        throw new Error(`${used.records} records were read instead of ${expected}`);
      }
      spent[what].push(used);
    }
  }
  return spent;
}

/** Measures the peak memory of a first sync of ten times as many records as the options name. */
export async function measureMemory({ engine, records, say }: BenchOptions): Promise<Measure[]> {
  const integration = integrationOf('moodle:large');
  const count = records * 10;
  await using surroundings = await startSurroundings(
    [{ id: integration.id, count }],
    engine,
    FAST_RESPONSE_MS,
  );
  say(`memory of a first sync, ${text(count)}`);
  const task: Task = { what: 'poll', services: surroundings.services, integration };
  const { peakMb } = await runChild(await bundledTask(), task);
  return [plainMeasure(`peak memory of a first sync, ${text(count)}`, 'MB', [peakMb], 135)];
}

function seconds(spent: Spent[], kind: 'wallMs' | 'cpuMs'): number[] {
  return spent.map((each) => each[kind] / 1000);
}

function text(count: number): string {
  return `${count.toLocaleString('en')} records`;
}
