import { defineConfig } from 'vitest/config';

/** The rehearsal of a deployment: not part of `npm test`, since it deploys. */
export default defineConfig({
  test: {
    include: ['test/deployed/**/*.deployed.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // Both suites run `cdk bootstrap` on the same account.
    fileParallelism: false,
    bail: 1,
  },
});
