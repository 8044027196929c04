import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Files that need a process of their own: they replace modules, measure memory, or fill it with large bodies and fonts. */
const ISOLATED = [
  'test/cli/bad-input.test.ts',
  'test/cli/operator-policy.test.ts',
  'test/core/poll/memory.test.ts',
  'test/functions/aws-client.test.ts',
  'test/adapters/kombo/bodies.test.ts',
  'test/consumers/certificates/drawing/*.test.ts',
];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^schoolbell$/, replacement: join(import.meta.dirname, 'infra/index.ts') },
      { find: /^schoolbell[/]settings$/, replacement: join(import.meta.dirname, 'infra/settings-app.ts') },
    ],
  },
  test: {
    // The default leaves one core to the process that transforms the files, which is idle most of the time.
    maxWorkers: '100%',
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // The files of a worker share its modules: loading them again for each file takes a third of the processor time.
      {
        extends: true,
        test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: ISOLATED, isolate: false },
      },
      { extends: true, test: { name: 'isolated', include: ISOLATED } },
    ],
  },
});
