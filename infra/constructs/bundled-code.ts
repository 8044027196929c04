import { join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { type AssetCode, Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync } from 'esbuild';
import { BUNDLING } from './bundling.ts';

const ROOT = join(import.meta.dirname, '../..');

/**
 * A function's file and all that it imports, in one minified ES module with a source map.
 *
 * Through esbuild's API: the CDK's own construct starts `npx` for each function, which takes longer than the bundling.
 *
 * @param entry names its file in `functions/lambda/`
 */
export function bundledCode(entry: string): AssetCode {
  return Code.fromAsset(join(ROOT, 'functions'), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      local: { tryBundle: (directory) => bundle(entry, directory) },
      image: NO_IMAGE,
      // The CDK bundles once what has the same folder and the same command.
      command: [entry],
    },
  });
}

/** Only used where bundling on this machine is not possible, and it always is. */
const NO_IMAGE = DockerImage.fromRegistry('none');

function bundle(entry: string, directory: string): boolean {
  buildSync({
    entryPoints: [join(ROOT, 'functions/lambda', `${entry}.ts`)],
    outfile: join(directory, 'index.mjs'),
    absWorkingDir: ROOT,
    ...BUNDLING,
  });
  return true;
}
