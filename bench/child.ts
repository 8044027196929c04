import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, memoryOptions, POLL_MEMORY_MB } from '../infra/constructs/function-options.ts';
import { Spent } from './measured-process.ts';
import type { Task } from './task.ts';

/** Bundles `task.ts` like the deployed functions, so that a measured process compiles no TypeScript. */
export async function bundledTask(): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'schoolbell-bench-')), 'task.mjs');
  await build({ ...BUNDLING, entryPoints: [join(import.meta.dirname, 'task.ts')], outfile });
  return outfile;
}

/** With this memory, Lambda gives a function one whole core; with less, a share of it (AWS documentation). */
const WHOLE_CORE_MB = 1_769;

/**
 * Runs a task in a new process.
 *
 * @param functionMb the memory of the simulated function, in MB. The process gets the Node options of this
 *   function and, on Linux only, its share of a core. By default, the process has a whole core and the Node
 *   options of the poll function
 * @throws when the process ends without a result
 */
export async function runChild(bundle: string, task: Task, functionMb?: number): Promise<Spent> {
  const execArgv = memoryOptions(functionMb ?? POLL_MEMORY_MB);
  const child = fork(bundle, [JSON.stringify(task)], { execArgv });
  const share = (functionMb ?? WHOLE_CORE_MB) / WHOLE_CORE_MB;
  if (share < 1) limitShare(child, share);
  const end = once(child, 'exit').then(([code]) => {
    throw new Error(`${bundle} ended with code ${code}`);
  });
  end.catch(() => undefined);
  const [message]: unknown[] = await Promise.race([once(child, 'message'), end]);
  return Spent.parse(message);
}

/** The period in which Lambda is assumed to give a function its share of a core. AWS does not document it. */
const PERIOD_MS = 20;

/** Stops the process while it has used more processor time than its share of the time plus one period. */
function limitShare(child: ChildProcess, share: number): void {
  const began = performance.now();
  const timer = setInterval(() => {
    const earnedMs = share * (performance.now() - began + PERIOD_MS);
    child.kill(usedMs(child.pid ?? 0) > earnedMs ? 'SIGSTOP' : 'SIGCONT');
  }, 2);
  child.once('exit', () => clearInterval(timer));
}

/** Returns the processor time of all threads in milliseconds; 0 on systems without `/proc`. */
function usedMs(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
      const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
      return sum + Number(nanoseconds) / 1e6;
    }, 0);
  } catch {
    // A thread or the process has just ended.
    return 0;
  }
}
