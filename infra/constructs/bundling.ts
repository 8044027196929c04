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
