import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod/mini';
import { patchedFiles, patchSources } from '../bugs/source-patch.ts';

/** A thread's work: so many seeds from one on, each `step`th of them, perhaps with sources altered. */
const SeedRange = z.object({
  from: z.int(),
  seeds: z.int(),
  step: z.int().check(z.positive()),
  /** What the scenarios have in common, in place of what was drawn. */
  scenario: z.record(z.string(), z.unknown()),
  patches: z.array(z.object({ file: z.string(), replace: z.string(), by: z.string() })),
});
export type SeedRange = z.infer<typeof SeedRange>;

/** What a thread says after some seeds. */
export const SeedReport = z.object({
  lived: z.int(),
  events: z.int(),
  faults: z.int(),
  broken: z.array(
    z.object({ seed: z.int(), violations: z.array(z.object({ promise: z.string(), evidence: z.string() })) }),
  ),
});
export type SeedReport = z.infer<typeof SeedReport>;

const REPORT_EVERY = 20;

if (parentPort !== null) {
  const range = SeedRange.parse(workerData);
  if (range.patches.length > 0) patchSources(range.patches);
  const { liveThrough } = await import('../history.ts');
  const { scenarioOf } = await import('../scenario.ts');
  const unused = range.patches.find(({ file }) => !patchedFiles().has(file));
  if (unused !== undefined) throw new Error(`nothing imports ${unused.file}`);

  let report: SeedReport = { lived: 0, events: 0, faults: 0, broken: [] };
  for (let seed = range.from; seed < range.from + range.seeds; seed += range.step) {
    const { violations, events, faults } = await liveThrough({ ...scenarioOf(seed), ...range.scenario });
    report.lived++;
    report.events += events;
    report.faults += faults;
    if (violations.length > 0) report.broken.push({ seed, violations });
    if (report.lived < REPORT_EVERY && violations.length === 0) continue;
    parentPort.postMessage(report);
    report = { lived: 0, events: 0, faults: 0, broken: [] };
  }
  parentPort.postMessage(report);
}
