import type { BuildOptions } from 'esbuild';

/** How the functions are bundled. The benchmarks bundle in the same way. */
export const BUNDLING = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  // The SDK is bundled as well: the tested versions instead of those of the runtime, and a shorter cold start.
  minify: true,
  // Logs name errors by their class.
  keepNames: true,
  // Read when an error is logged (`functions/telemetry/source-map.ts`), which needs positions and not the source text.
  sourcemap: true,
  sourcesContent: false,
} satisfies BuildOptions;

/**
 * Node's options for the memory of a function. With Lambda's defaults (5 % for each half of the young generation, 90 % for the
 * old one) a poll grows to 270 MB; with a small young generation it stays below 200 MB, however long it runs. When one option
 * is given, Lambda leaves the other to V8, so both are given.
 */
export function memoryOptions(memorySize: number): string[] {
  return ['--max-semi-space-size=8', `--max-old-space-size=${Math.floor(memorySize * 0.9)}`];
}

/** The memory of the poll function in megabytes. It needs less, but half of this would also mean half the processor time. */
export const POLL_MEMORY_MB = 512;
