import { join } from 'node:path';
import type { BuildOptions } from 'esbuild';

/**
 * The esbuild options of the functions and the benchmarks. The AWS SDK is bundled too, so that the functions
 * use the tested version instead of that of Lambda's runtime, and start faster.
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
  // Logs contain the class names of errors.
  keepNames: true,
  // `functions/telemetry/source-map.ts` needs positions, not the source text.
  sourcemap: true,
  sourcesContent: false,
} satisfies BuildOptions;

/**
 * By default Lambda gives 5 % of the memory to each half of V8's young generation, and 90 % to the old
 * generation: the memory of a poll was measured to grow to 270 MB. With a small young generation it stays
 * below 200 MB, however long the poll runs. If only one option is set, Lambda does not set the other, and V8
 * uses its own default. V8 gets one helper thread instead of four, because a function has less than one core.
 */
export function memoryOptions(memorySize: number): string[] {
  return [
    '--max-semi-space-size=8',
    `--max-old-space-size=${Math.floor(memorySize * 0.9)}`,
    '--v8-pool-size=1',
  ];
}

/** The poll and replay functions need less memory, but Lambda gives processor time in proportion to memory. */
export const POLL_MEMORY_MB = 512;
