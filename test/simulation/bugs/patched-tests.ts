import { startVitest, type TestModule } from 'vitest/node';
import { replaced, type SourcePatch } from './source-patch.ts';

/**
 * Runs test files on sources with replacements.
 *
 * @returns the number of failed tests; a test file that cannot be loaded counts as one failed test
 */
export async function runTestsOn(patches: SourcePatch[], files: string[]): Promise<number> {
  let failed = 0;
  const applied = new Set<string>();
  const plugin = {
    name: 'source-patch',
    enforce: 'pre' as const,
    transform(source: string, id: string) {
      const wanted = patches.filter(({ file }) => id.endsWith(`/${file}`));
      for (const { file } of wanted) applied.add(file);
      return wanted.length === 0 ? null : replaced(source, wanted);
    },
  };
  const reporter = {
    onTestModuleEnd(module: TestModule) {
      if (module.state() === 'failed' && module.errors().length > 0) failed += 1;
      failed += [...module.children.allTests('failed')].length;
    },
  };
  const exitCode = process.exitCode;
  const vitest = await startVitest(
    'test',
    files,
    // A patched module must neither be read from the cache nor be stored in it.
    { watch: false, reporters: [reporter], fsModuleCache: false },
    { plugins: [plugin] },
  );
  await vitest.close();
  process.exitCode = exitCode;
  const unused = patches.find(({ file }) => !applied.has(file));
  if (unused !== undefined) throw new Error(`no test imports ${unused.file}`);
  return failed;
}
