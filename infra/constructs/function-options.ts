import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

/**
 * The esbuild options for the bundles of the functions. The benchmarks use the same options. The AWS SDK is not external: it is
 * bundled too. So the functions use the tested version of the SDK instead of the version in Lambda's
 * runtime, and start faster.
 */
export const BUNDLING = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  alias: {
    '@aws-sdk/credential-provider-node': join(import.meta.dirname, '../../functions/default-credentials.ts'),
  },
  minify: true,
  // Logs contain the class names of errors, so names are not minified.
  keepNames: true,
  // `functions/telemetry/source-map.ts` reads the source map when an error is logged. It needs positions, not the source text.
  sourcemap: true,
  sourcesContent: false,
} satisfies BuildOptions;

/**
 * Returns Node's options for the memory of a function. By default Lambda gives 5 % of the memory to each half
 * of V8's young generation, and 90 % to the old generation. With these defaults, the memory of a poll was
 * measured to grow to 270 MB. With a small young generation it stays below 200 MB, however long the poll
 * runs. If only one option is set, Lambda does not set the other, and V8 uses its own default. So both are
 * set. V8 gets one helper thread instead of four, because a function has less than one core.
 */
export function memoryOptions(memorySize: number): string[] {
  return [
    '--max-semi-space-size=8',
    `--max-old-space-size=${Math.floor(memorySize * 0.9)}`,
    '--v8-pool-size=1',
  ];
}

/**
 * The memory of the poll function in megabytes. The function needs less memory, but Lambda gives processor
 * time in proportion to memory.
 */
export const POLL_MEMORY_MB = 512;
