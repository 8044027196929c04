import { type DeliberateBug, deliberateBugs } from './deliberate-bugs.ts';
import { simulateRange } from './simulate-range.ts';

/** A bug that nothing notices in so many seeds is not caught. */
const MAX_SEEDS = 20_000;

/**
 * Puts each deliberate bug in, one at a time, and looks for the first seed that breaks a promise.
 *
 * @param only those whose names contain this
 * @returns whether every bug was caught
 */
export async function catchBugs(workers: number, only: string): Promise<boolean> {
  let isAllCaught = true;
  console.log('| bug | seeds until it was caught | promise broken |\n| --- | ---: | --- |');
  for (const bug of deliberateBugs.filter(({ name }) => name.includes(only))) {
    const { seeds, promise } = await catchBug(bug, workers);
    if (seeds === null) isAllCaught = false;
    console.log(`| ${bug.name} | ${seeds ?? `not in ${MAX_SEEDS}`} | ${promise} |`);
  }
  return isAllCaught;
}

async function catchBug(
  { patches, scenario }: DeliberateBug,
  workers: number,
): Promise<{ seeds: number | null; promise: string }> {
  const { broken } = await simulateRange({
    from: 1,
    seeds: MAX_SEEDS,
    workers,
    patches,
    ...(scenario && { scenario }),
    progress: (total, stop) => {
      if (total.broken.length > 0) stop();
    },
  });
  const [first] = broken.sort((a, b) => a.seed - b.seed);
  return { seeds: first?.seed ?? null, promise: first?.violations[0]?.promise ?? '' };
}
