import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, expect, it } from 'vitest';
import { mapToSources } from '../../../functions/telemetry/source-map.ts';

const directory = mkdtempSync(join(tmpdir(), 'schoolbell-source-places-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** Returns the URL of a bundle with these lines, as in a stack trace. */
function bundleOf(name: string, lines: string[]): string {
  const source = join(directory, `${name}.ts`);
  const outfile = join(directory, `${name}.mjs`);
  writeFileSync(source, lines.join('\n'));
  buildSync({ entryPoints: [source], outfile, minify: true, sourcemap: true, sourcesContent: false });
  return pathToFileURL(outfile).href;
}

it('in a stack trace, a position in a bundle is replaced by the position in the source file', () => {
  const bundle = bundleOf('mapped', ['// A reason.', '', "throw new Error('here');"]);
  expect(mapToSources(`at Object.<anonymous> (${bundle}:1:7)`)).toBe('at mapped.ts:3:7');
  expect(mapToSources(`at ${bundle}:1:7`)).toBe('at mapped.ts:3:7');
});

it('in a stack trace, a position stays the same when it is not in a bundle with a valid source map', () => {
  const damaged = bundleOf('damaged', ["throw new Error('here');"]);
  writeFileSync(join(directory, 'damaged.mjs.map'), '{"version":3,"sou');
  for (const line of [
    `at ${damaged}:1:7`,
    'at handle (file:///var/task/absent.mjs:1:7)',
    'at process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
  ]) {
    expect(mapToSources(line)).toBe(line);
  }
});
