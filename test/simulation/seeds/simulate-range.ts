import { Worker } from 'node:worker_threads';
import type { SourcePatch } from '../bugs/source-patch.ts';
import type { Scenario } from '../scenario.ts';
import { addReport, emptyReport, type SeedRange, SeedReport } from './seed-range.ts';

export type RangeOptions = {
  from: number;
  seeds: number;
  workers: number;
  patches?: SourcePatch[];
  scenario?: Partial<Scenario>;
  /** A function that is called after each report of a thread. `stop` ends all threads. */
  progress: (total: SeedReport, stop: () => void) => void;
};

/**
 * Runs many seeds on several threads.
 *
 * @throws when a thread ends with an error
 */
export async function simulateRange(options: RangeOptions): Promise<SeedReport> {
  const { from, seeds, workers, patches = [], scenario = {}, progress } = options;
  const total = emptyReport();
  const threads = Array.from({ length: workers }, (_, place) => {
    const workerData: SeedRange = {
      from: from + place,
      seeds: seeds - place,
      step: workers,
      scenario,
      patches,
    };
    return new Worker(new URL('./seed-range.ts', import.meta.url), { workerData });
  });
  const stop = () => {
    for (const thread of threads) thread.terminate().catch(() => undefined);
  };
  const ends = threads.map(
    (thread) =>
      new Promise<void>((resolve, reject) => {
        thread.on('message', (message) => {
          addReport(total, SeedReport.parse(message));
          progress(total, stop);
        });
        thread.on('error', reject);
        thread.on('exit', () => resolve());
      }),
  );
  try {
    await Promise.all(ends);
  } finally {
    stop();
  }
  return total;
}
