import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// The CDK never removes its temporary directories: a run of all tests would leave a gigabyte. So the tests get a
// directory for temporary files that is removed at the end. A process that runs Vitest several times, as
// `npm run simulate -- --bugs` does, reads this file each time.
if (!basename(tmpdir()).startsWith('sb-')) {
  const temporary = mkdtempSync(join(tmpdir(), 'sb-'));
  process.env['TMPDIR'] = temporary;
  process.on('exit', () => rmSync(temporary, { recursive: true, force: true }));
}

/** Files that run in separate processes, because they replace modules, measure memory, or use much memory. */
const ISOLATED = [
  'test/cli/bad-input.test.ts',
  'test/cli/operator-policy.test.ts',
  'test/core/poll/memory.test.ts',
  'test/functions/aws-client.test.ts',
  'test/adapters/kombo/bodies.test.ts',
  'test/consumers/certificates/drawing/*.test.ts',
];

/**
 * The longest of the files that share processes. They start first, so that none of them runs alone at the
 * end.
 */
const LONGEST = [
  'test/cli/kill.test.ts',
  'test/infra/changes/changes.test.ts',
  'test/simulation/simulation.test.ts',
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.some((file) => moduleId.endsWith(file));
    const { isolated = [], shared = [] } = Object.groupBy(
      await super.sort(files),
      ({ project }) => project.name,
    );
    return [...isolated, ...shared.filter(isLong), ...shared.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  resolve: {
    alias: [
      { find: /^schoolbell$/, replacement: join(import.meta.dirname, 'infra/index.ts') },
      { find: /^schoolbell[/]settings$/, replacement: join(import.meta.dirname, 'infra/settings-app.ts') },
    ],
  },
  test: {
    // By default, Vitest leaves one core to the process that transforms the files. This process is idle most
    // of the time.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      // All files of a worker share its modules. Loading the modules again for each file takes a third of the
      // processor time.
      {
        extends: true,
        test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: ISOLATED, isolate: false },
      },
      { extends: true, test: { name: 'isolated', include: ISOLATED } },
    ],
  },
});
