import type { Scenario } from '../scenario.ts';
import { simulateRange } from '../seeds/simulate-range.ts';
import { type DeliberateBug, deliberateBugs } from './deliberate-bugs.ts';
import type { SourcePatch } from './source-patch.ts';

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

/** The first seed that breaks a promise; null where none does, or where one does without the bug as well. */
async function catchBug(
  { patches, setting = { patches: [], scenario: {} } }: DeliberateBug,
  workers: number,
): Promise<{ seeds: number | null; promise: string }> {
  const { scenario } = setting;
  const caught = await firstBroken([...setting.patches, ...patches], scenario, MAX_SEEDS, workers);
  if (caught === null || Object.keys(scenario).length === 0) return caught ?? { seeds: null, promise: '' };
  const control = await firstBroken(setting.patches, scenario, caught.seeds, workers);
  return control === null ? caught : { seeds: null, promise: 'without the bug as well' };
}

async function firstBroken(
  patches: SourcePatch[],
  scenario: Partial<Scenario>,
  seeds: number,
  workers: number,
): Promise<{ seeds: number; promise: string } | null> {
  const { broken } = await simulateRange({
    from: 1,
    seeds,
    workers,
    patches,
    scenario,
    progress: (total, stop) => {
      if (total.broken.length > 0) stop();
    },
  });
  const [first] = broken.sort((a, b) => a.seed - b.seed);
  return first === undefined ? null : { seeds: first.seed, promise: first.violations[0]?.promise ?? '' };
}
