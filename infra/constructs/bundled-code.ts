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
 * Returns a function's code: its file and everything that it imports, in one minified ES module with a source map.
 *
 * It calls esbuild's API, because the CDK's own construct starts `npx` for each function, which takes longer than the bundling.
 *
 * @param entry the path of the function's file, relative to the project's root
 * @param packages packages that are not bundled. They are copied next to the bundle, with their dependencies
 */
export function bundledCode(entry: string, packages: string[] = []): AssetCode {
  return Code.fromAsset(join(ROOT, 'functions'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: { tryBundle: (directory) => bundle(entry, packages, directory) },
      image: NO_IMAGE,
      // The CDK reuses a bundle with the same folder and command, so the command must be different for each function.
      command: [entry],
    },
  });
}

/** A placeholder. The CDK requires an image for machines that cannot bundle locally, but every machine can run esbuild. */
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

/** Returns the names of packages and of all their dependencies. */
function withDependencies(packages: string[]): Set<string> {
  const found = new Set(packages);
  // The loop also visits the names that are added to the set while it runs.
  for (const name of found) {
    const file = readFileSync(join(PACKAGES, name, 'package.json'), 'utf8');
    const { dependencies = {} } = Dependencies.parse(JSON.parse(file));
    for (const dependency of Object.keys(dependencies)) found.add(dependency);
  }
  return found;
}
