import { cpSync, existsSync, readFileSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import * as z from 'zod/mini';
import { BUNDLING } from './function-options.ts';

const ROOT = join(import.meta.dirname, '../..');
const PACKAGES = join(ROOT, 'node_modules');

/**
 * Returns one minified ES module with a source map. The published package contains the bundles. In a
 * checkout, the sources are bundled.
 *
 * @param entry the path of the function's file, relative to the project's root
 * @param packages are not bundled, but copied next to the bundle, with their dependencies
 */
export function functionCode(entry: string, packages: string[] = []): AssetCode {
  const prebuilt = join(ROOT, 'bundles', dirname(entry));
  if (!existsSync(prebuilt)) {
    return assetOf(join(ROOT, 'functions'), entry, (directory) => bundle(entry, packages, directory));
  }
  if (packages.length === 0) return Code.fromAsset(prebuilt);
  return assetOf(prebuilt, entry, (directory) => {
    cpSync(prebuilt, directory, { recursive: true });
    // npm never packs a folder with the name `node_modules`.
    renameSync(join(directory, 'packages'), join(directory, 'node_modules'));
  });
}

function assetOf(folder: string, entry: string, write: (directory: string) => void): AssetCode {
  return Code.fromAsset(folder, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: {
        tryBundle: (directory) => {
          write(directory);
          return true;
        },
      },
      // The CDK requires an image. It is never used, because every machine can bundle locally.
      image: DockerImage.fromRegistry('none'),
      // For a function with the same folder and command, the CDK would reuse the bundle.
      command: [entry],
    },
  });
}

/**
 * Calls esbuild's API: the CDK's own construct starts `npx` for each function, which takes longer. Returns the
 * paths of the bundled files.
 */
export function bundle(entry: string, packages: string[], directory: string): string[] {
  // esbuild is loaded only here, because the published package does not have it, and by `require`, because a
  // constructor cannot wait for `import()`.
  const { buildSync }: typeof import('esbuild') = createRequire(import.meta.url)('esbuild');
  const { metafile } = buildSync({
    external: packages,
    metafile: true,
    entryPoints: [join(ROOT, entry)],
    outfile: join(directory, 'index.mjs'),
    absWorkingDir: ROOT,
    ...BUNDLING,
  });
  for (const name of withDependencies(packages)) {
    cpSync(join(PACKAGES, name), join(directory, 'node_modules', name), { recursive: true });
  }
  return Object.keys(metafile.inputs);
}

const Dependencies = z.object({ dependencies: z.optional(z.record(z.string(), z.string())) });

function withDependencies(packages: string[]): Set<string> {
  const found = new Set(packages);
  // The loop also visits the names that are added while it runs.
  for (const name of found) {
    const file = readFileSync(join(PACKAGES, name, 'package.json'), 'utf8');
    const { dependencies = {} } = Dependencies.parse(JSON.parse(file));
    for (const dependency of Object.keys(dependencies)) found.add(dependency);
  }
  return found;
}
