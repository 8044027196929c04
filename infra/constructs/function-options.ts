import type { BuildOptions } from 'esbuild';

/** How the functions are bundled; the benchmarks measure what comes of it. */
export const BUNDLING = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  // The SDK, too: the versions that were tested, not those of the runtime; and a smaller cold start.
  minify: true,
  // Logs name errors by their class.
  keepNames: true,
  // Read when an error is logged (`functions/telemetry/source-map.ts`), which needs the places and not the text.
  sourcemap: true,
  sourcesContent: false,
} satisfies BuildOptions;

/**
 * Node's options for the memory of a function. Lambda's own (5 % for each half of the young
 * generation, 90 % for the old one) let a poll grow to 270 MB of garbage; with the young generation kept small it stays
 * below 200 MB however long it runs. Named in part, Lambda would leave the old generation to V8, so it is named as well.
 */
export function memoryOptions(memorySize: number): string[] {
  return ['--max-semi-space-size=8', `--max-old-space-size=${Math.floor(memorySize * 0.9)}`];
}

/** The poll function's memory in megabytes. It needs less; half of this would also be a sixth of a processor. */
export const POLL_MEMORY_MB = 512;
