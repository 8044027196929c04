import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import * as z from 'zod/mini';
import { BUNDLING } from './function-options.ts';

const ROOT = join(import.meta.dirname, '../..');
const PACKAGES = join(ROOT, 'node_modules');

/**
 * A function's file and all that it imports, in one minified ES module with a source map.
 *
 * Through esbuild's API: the CDK's own construct starts `npx` for each function, which takes longer than the bundling.
 *
 * @param entry its file, by its path below the root
 * @param packages are copied beside the bundle instead, with all that they depend on
 */
export function bundledCode(entry: string, packages: string[] = []): AssetCode {
  return Code.fromAsset(join(ROOT, 'functions'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: { tryBundle: (directory) => bundle(entry, packages, directory) },
      image: NO_IMAGE,
      // The CDK bundles once what has the same folder and the same command.
      command: [entry],
    },
  });
}

/** Only used where bundling on this machine is not possible, and it always is. */
const NO_IMAGE = DockerImage.fromRegistry('none');

function bundle(entry: string, packages: string[], directory: string): boolean {
  buildSync({
    external: packages,
    entryPoints: [join(ROOT, entry)],
    outfile: join(directory, 'index.mjs'),
    absWorkingDir: ROOT,
    ...BUNDLING,
  });
  for (const name of withDependencies(packages)) {
    cpSync(join(PACKAGES, name), join(directory, 'node_modules', name), { recursive: true });
  }
  return true;
}

const Dependencies = z.object({ dependencies: z.optional(z.record(z.string(), z.string())) });

/** Packages and all that they depend on. */
function withDependencies(packages: string[]): Set<string> {
  const found = new Set(packages);
  // The loop also takes the names that are added meanwhile.
  for (const name of found) {
    const file = readFileSync(join(PACKAGES, name, 'package.json'), 'utf8');
    const { dependencies = {} } = Dependencies.parse(JSON.parse(file));
    for (const dependency of Object.keys(dependencies)) found.add(dependency);
  }
  return found;
}
