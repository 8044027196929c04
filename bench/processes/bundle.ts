import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING } from '../../infra/constructs/function-options.ts';

/**
 * Bundles a file of this folder as the functions are bundled: what is measured is loaded as in Lambda, without Node's
 * compiler for TypeScript in the process.
 *
 * @returns the bundle's file
 */
export async function bundled(file: string): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'schoolbell-bench-')), `${file.replace(/\.ts$/, '')}.mjs`);
  await build({ ...BUNDLING, entryPoints: [join(import.meta.dirname, file)], outfile });
  return outfile;
}
