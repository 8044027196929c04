import { spawn } from 'node:child_process';
import { relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { createVitest, type TestSpecification } from 'vitest/node';

/**
 * The time for tests. Half of all test files import a core file, so `check` runs only as many test files as
 * fit into this time, the fastest first.
 */
const TEST_BUDGET_MS = 10_000;

/** The approximate time to load a test file. */
const LOADING_MS = 500;

/** The assumed duration of a test file that has never run on this machine. */
const UNKNOWN_MS = 1_000;

const CACHE = 'node_modules/.cache';

/** Runs the quick checks of `npm run check` at the same time. Each check keeps a cache in `node_modules`. */
const passed = await Promise.all([
  run('format and lint', 'biome check .'),
  run('types', 'tsc --build'),
  run('layers', `npm run -s lint:dependencies -- --cache ${CACHE}/dependency-cruiser`),
  run('unused code', `knip --cache --cache-location ${CACHE}/knip`),
  testChanges(),
]);
if (passed.includes(false)) process.exitCode = 1;

/** Runs the test files that import a file with uncommitted changes, as many as fit into `TEST_BUDGET_MS`. */
async function testChanges(): Promise<boolean> {
  const vitest = await createVitest({ watch: false, changed: true });
  const related = await vitest.getRelevantTestSpecifications();
  const durationOf = (file: TestSpecification) =>
    LOADING_MS + (vitest.cache.getTestSpecificationResult(file)?.duration ?? UNKNOWN_MS);
  let leftMs = TEST_BUDGET_MS;
  const chosen = related
    .toSorted((a, b) => durationOf(a) - durationOf(b))
    .filter((file) => {
      leftMs -= durationOf(file);
      return leftMs >= 0;
    });
  await vitest.close();
  const name = `${chosen.length} of the ${related.length} test files that import a changed file`;
  if (chosen.length === 0) return run(name, 'exit 0');
  return run(name, `vitest run ${chosen.map(({ moduleId }) => relative('.', moduleId)).join(' ')}`);
}

/** Runs a command and prints how long it took. Prints the command's output only when the command fails. */
async function run(name: string, command: string): Promise<boolean> {
  const began = performance.now();
  const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'passed' : 'FAILED'} ${seconds.padStart(5)} s  ${name}`);
  if (status !== 0) console.log(`${stdout}${stderr}`);
  return status === 0;
}
