import { parseArgs } from 'node:util';
import { catchBugs } from './bugs/catch-bugs.ts';
import { liveThrough } from './history.ts';
import { scenarioOf } from './scenario.ts';
import { progressBar } from './seeds/progress-bar.ts';
import type { SeedReport } from './seeds/seed-range.ts';
import { shrink } from './seeds/shrink.ts';
import { simulateRange } from './seeds/simulate-range.ts';

const USAGE = `npm run simulate -- [--seeds N] [--from SEED] [--workers N]   run many histories
npm run simulate -- [--seeds N] --counts                      and print how often each kind of operation and fault occurred
npm run simulate -- --seed SEED                               run one history; if it fails, find the shortest one that fails
npm run simulate -- --seed SEED --trace                       run one history and print every step
npm run simulate -- --bugs [--only TEXT]                      insert each deliberate bug, and check that it is found`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
    counts: { type: 'boolean', default: false },
    bugs: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) console.log(USAGE);
else if (values.bugs) process.exitCode = (await catchBugs(Number(values.workers), values.only)) ? 0 : 1;
else if (values.seed !== undefined) process.exitCode = await simulateOne(Number(values.seed), values.trace);
else process.exitCode = await simulateMany(Number(values.from), Number(values.seeds), Number(values.workers));

/** Simulates many seeds and prints the results. Returns the exit code. */
async function simulateMany(from: number, seeds: number, workers: number): Promise<number> {
  const bar = progressBar(seeds);
  const started = performance.now();
  let named = 0;
  const { lived, events, faults, counts, broken } = await simulateRange({
    from,
    seeds,
    workers,
    progress(total) {
      // A failure is printed immediately, so that a person can examine it during a long run.
      for (const { seed } of total.broken.slice(named)) process.stderr.write(`\nseed ${seed} is broken\n`);
      named = total.broken.length;
      bar.show(total.lived, named > 0 ? `, ${named} broken` : '');
    },
  });
  bar.end();
  const seconds = (performance.now() - started) / 1000;
  console.log(
    `${lived} seeds (${from} to ${from + seeds - 1}) in ${seconds.toFixed(0)} s on ${workers} threads: ${events} events received, ${faults} faults, ${broken.length} broken`,
  );
  if (values.counts) console.log(countsTable(counts));
  const [first] = broken.sort((a, b) => a.seed - b.seed);
  if (first === undefined) return 0;
  for (const { seed, violations } of broken.slice(0, 20)) {
    const promises = new Set(violations.map(({ promise }) => promise));
    console.log(`  seed ${seed}: ${[...promises].join('; ')}`);
  }
  return simulateOne(first.seed, false);
}

/** Simulates one seed and prints the result. Returns the exit code. */
async function simulateOne(seed: number, isTraced: boolean): Promise<number> {
  const scenario = scenarioOf(seed);
  const end = await liveThrough(scenario, isTraced);
  if (isTraced) console.log(end.trace.join('\n'));
  if (end.violations.length === 0) {
    console.log(`Seed ${seed}: every promise kept (${end.events} events received, ${end.faults} faults)`);
    return 0;
  }
  if (!isTraced) {
    console.log(`\nSeed ${seed} breaks a promise. The shortest history found that breaks it:\n`);
    const smallest = await shrink(scenario, end);
    console.log((await liveThrough(smallest, true)).trace.join('\n'));
    const { records, operations, polls } = smallest;
    console.log(`\n${records} records at first, at most ${operations} operations, ${polls} polls`);
  }
  for (const { promise, evidence } of end.violations) console.log(`\nBROKEN ${promise}: ${evidence}`);
  console.log(`\nRepeat it with: npm run simulate -- --seed ${seed} [--trace]`);
  return 1;
}

function countsTable(counts: SeedReport['counts']): string {
  const rows = Object.entries(counts)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, { seeds, times }]) => `| ${name} | ${seeds} | ${times} |`);
  return ['| what | in seeds | times |', '| --- | ---: | ---: |', ...rows].join('\n');
}
