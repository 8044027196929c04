import type { Scenario } from '../scenario.ts';
import { simulateRange } from '../seeds/simulate-range.ts';
import type { DeliberateBug } from './deliberate-bug.ts';
import { deliberateBugs } from './deliberate-bugs.ts';
import { runTestsOn } from './patched-tests.ts';
import type { SourcePatch } from './source-patch.ts';

/** The number of seeds that are tried for a bug. If none of them finds the bug, it counts as not caught. */
const MAX_SEEDS = 20_000;

/**
 * How a bug was caught: the number of seeds, or `a test`; null if the bug was not caught. `by` names the
 * check or the test files, or says why the bug was not caught.
 */
type Catch = { after: string | null; by: string };

/**
 * Inserts each deliberate bug, one at a time, and searches for the first seed that breaks a promise, or the
 * first test that fails.
 *
 * @param only limits the search to the bugs whose names contain this text
 * @returns whether every bug was caught
 */
export async function catchBugs(workers: number, only: string): Promise<boolean> {
  let isAllCaught = true;
  console.log('| bug | seeds until it was caught | failed check, or test |\n| --- | ---: | --- |');
  for (const bug of deliberateBugs.filter(({ name }) => name.includes(only))) {
    const { after, by } = bug.testedBy
      ? await catchByTests(bug, bug.testedBy)
      : await catchBySeeds(bug, workers);
    if (after === null) isAllCaught = false;
    console.log(`| ${bug.name} | ${after ?? 'not caught'} | ${by} |`);
  }
  return isAllCaught;
}

async function catchByTests({ patches }: DeliberateBug, files: string[]): Promise<Catch> {
  if ((await runTestsOn([], files)) > 0) return { after: null, by: 'the tests fail without the bug as well' };
  const failed = await runTestsOn(patches, files);
  return { after: failed > 0 ? 'a test' : null, by: files.map((file) => `\`${file}\``).join(', ') };
}

/**
 * Searches for the first seed that breaks a promise with the bug. If the bug needs special settings, the same
 * seeds must break no promise with these settings and without the bug. Otherwise, the bug does not count as
 * caught.
 */
async function catchBySeeds(
  { patches, setting = { patches: [], scenario: {} } }: DeliberateBug,
  workers: number,
): Promise<Catch> {
  const { scenario } = setting;
  const caught = await firstBroken([...setting.patches, ...patches], scenario, MAX_SEEDS, workers);
  if (caught === null) return { after: null, by: `not in ${MAX_SEEDS} seeds` };
  const found = { after: `${caught.seeds}`, by: caught.promise };
  if (Object.keys(scenario).length === 0) return found;
  const control = await firstBroken(setting.patches, scenario, caught.seeds, workers);
  return control === null
    ? found
    : { after: null, by: `seed ${control.seeds} fails without the bug as well` };
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
