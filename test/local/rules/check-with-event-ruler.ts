import { spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { InvalidPatternError } from '../../../consumers/kit/pattern-condition.ts';
import { matchesPattern } from '../../../local/rules/match-pattern.ts';
import { patternAndEvent } from './arbitrary-pattern.ts';

/**
 * Compares the matcher with event-ruler, EventBridge's own matcher, for random pairs of a pattern and an
 * event: `node test/local/rules/check-with-event-ruler.ts --class-path JARS [--pairs 100000] [--seed 1]`. It
 * needs Java 11 or later. `--save FILE` writes the pairs with the verdicts of event-ruler, for the test that
 * runs without Java.
 */
const { values } = parseArgs({
  options: {
    'class-path': { type: 'string', default: '' },
    pairs: { type: 'string', default: '100000' },
    save: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
  },
});

const pairs = fc.sample(patternAndEvent, { numRuns: Number(values.pairs), seed: Number(values.seed) });
const { status, stdout, stderr } = spawnSync(
  'java',
  ['-cp', values['class-path'], join(import.meta.dirname, 'Judge.java')],
  {
    input: pairs.map((pair) => pair.map((part) => JSON.stringify(part)).join('\t')).join('\n'),
    encoding: 'utf8',
    maxBuffer: 1e9,
  },
);
const verdicts = stdout.trim().split('\n');
if (status !== 0 || verdicts.length !== pairs.length) throw new Error(`event-ruler failed: ${stderr}`);

if (values.save !== undefined) {
  const lines = pairs.map((pair, at) => JSON.stringify([verdicts[at], ...pair]));
  await writeFile(values.save, `[\n${lines.join(',\n')}\n]\n`);
}

const counts: Record<string, number> = {};
const disagreements: string[] = [];
for (const [at, [pattern, event]] of pairs.entries()) {
  const verdict = verdicts[at] ?? '';
  const ours = verdictOf(pattern, event);
  counts[verdict] = (counts[verdict] ?? 0) + 1;
  if (ours !== verdict) {
    disagreements.push(
      `event-ruler: ${verdict}, the matcher: ${ours}\n  pattern ${JSON.stringify(pattern)}\n  event   ${JSON.stringify(event)}`,
    );
  }
}
console.log(`${pairs.length} pairs with seed ${values.seed}, by event-ruler: ${JSON.stringify(counts)}`);
for (const disagreement of disagreements.slice(0, 10)) console.error(disagreement);
console.log(`${disagreements.length} disagreements`);
if (disagreements.length > 0) process.exitCode = 1;

function verdictOf(pattern: object, event: object): string {
  try {
    return matchesPattern(pattern, event) ? 'matches' : 'differs';
  } catch (error) {
    if (error instanceof InvalidPatternError) return 'refused';
    throw error;
  }
}
