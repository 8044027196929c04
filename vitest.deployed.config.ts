import { defineConfig } from 'vitest/config';

/** The tests that deploy to an AWS account or an emulator. They are not a part of `npm test`. */
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
