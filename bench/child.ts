import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, memoryOptions, POLL_MEMORY_MB } from '../infra/constructs/function-options.ts';
import { Spent } from './measured-process.ts';

/** A measured process. */
export type Child = {
  /** What it used for its task. @throws when it ends without a result */
  spent(): Promise<Spent>;
  stop(): void;
  pid: number;
};

/**
 * Bundles a file of this folder as the functions are bundled, so that a measured process loads no compiler for TypeScript.
 *
 * @returns the bundle's file
 */
export async function bundled(file: 'poller.ts' | 'reader.ts'): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'schoolbell-bench-')), file.replace(/\.ts$/, '.mjs'));
  await build({ ...BUNDLING, entryPoints: [join(import.meta.dirname, file)], outfile });
  return outfile;
}

/**
 * Starts a bundle with the Node options of the deployed poll function.
 *
 * @param task in JSON, the first argument of the process
 */
export function startChild(bundle: string, task: object): Child {
  const child = fork(bundle, [JSON.stringify(task)], { execArgv: memoryOptions(POLL_MEMORY_MB) });
  return {
    async spent() {
      const end = once(child, 'exit').then(([code]) => {
        throw new Error(`${bundle} ended with code ${code}`);
      });
      end.catch(() => undefined);
      const [message]: unknown[] = await Promise.race([once(child, 'message'), end]);
      return Spent.parse(message);
    },
    stop: () => void child.kill(),
    pid: child.pid ?? 0,
  };
}
