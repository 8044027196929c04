import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** How the functions are bundled by esbuild; `bench/cold-start.ts` measures what comes of it. */
export const BUNDLING = {
  format: OutputFormat.ESM,
  target: 'node24',
  mainFields: ['module', 'main'],
  // The versions that were tested, not those of the runtime; and a smaller cold start.
  bundleAwsSDK: true,
  minify: true,
  // Read when an error is logged (`functions/source-places.ts`), which needs the places and not the text.
  sourceMap: true,
  sourcesContent: false,
} satisfies BundlingOptions;
