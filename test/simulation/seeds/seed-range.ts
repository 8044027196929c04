import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod/mini';
import { patchedFiles, patchSources } from '../bugs/source-patch.ts';

/** The work of a thread: every `step`th seed of a range, with patched sources if there are any patches. */
const SeedRange = z.object({
  from: z.int(),
  seeds: z.int(),
  step: z.int().check(z.positive()),
  /** The values that replace the random values in all scenarios. */
  scenario: z.record(z.string(), z.unknown()),
  patches: z.array(z.object({ file: z.string(), replace: z.string(), by: z.string() })),
});
export type SeedRange = z.infer<typeof SeedRange>;

/** The results of a thread since its last report, or of all threads. */
export const SeedReport = z.object({
  lived: z.int(),
  events: z.int(),
  faults: z.int(),
  /**
   * For each kind of occurrence, by its name, the number of occurrences and the number of seeds with this
   * kind.
   */
  counts: z.record(z.string(), z.object({ times: z.int(), seeds: z.int() })),
  broken: z.array(
    z.object({ seed: z.int(), violations: z.array(z.object({ promise: z.string(), evidence: z.string() })) }),
  ),
});
export type SeedReport = z.infer<typeof SeedReport>;

export function emptyReport(): SeedReport {
  return { lived: 0, events: 0, faults: 0, counts: {}, broken: [] };
}

export function addReport(total: SeedReport, report: SeedReport): void {
  total.lived += report.lived;
  total.events += report.events;
  total.faults += report.faults;
  total.broken.push(...report.broken);
  for (const [name, count] of Object.entries(report.counts)) addCount(total.counts, name, count);
}

function addCount(counts: SeedReport['counts'], name: string, more: { times: number; seeds: number }): void {
  const before = counts[name] ?? { times: 0, seeds: 0 };
  counts[name] = { times: before.times + more.times, seeds: before.seeds + more.seeds };
}

const REPORT_EVERY = 20;

if (parentPort !== null) {
  const range = SeedRange.parse(workerData);
  if (range.patches.length > 0) patchSources(range.patches);
  const { liveThrough } = await import('../history.ts');
  const { scenarioOf } = await import('../scenario.ts');
  const unused = range.patches.find(({ file }) => !patchedFiles().has(file));
  if (unused !== undefined) throw new Error(`nothing imports ${unused.file}`);

  let report = emptyReport();
  for (let seed = range.from; seed < range.from + range.seeds; seed += range.step) {
    const { violations, events, faults, counts } = await liveThrough({
      ...scenarioOf(seed),
      ...range.scenario,
    });
    report.lived++;
    report.events += events;
    report.faults += faults;
    for (const [name, times] of counts) addCount(report.counts, name, { times, seeds: 1 });
    if (violations.length > 0) report.broken.push({ seed, violations });
    if (report.lived < REPORT_EVERY && violations.length === 0) continue;
    parentPort.postMessage(report);
    report = emptyReport();
  }
  parentPort.postMessage(report);
}
