import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { BUNDLING, memoryOptions, POLL_MEMORY_MB } from '../infra/constructs/function-options.ts';
import { Spent } from './measured-process.ts';
import type { Task } from './task.ts';

/**
 * Bundles `task.ts` with the options of the deployed functions, so that a measured process does not need to
 * compile TypeScript.
 *
 * @returns the path of the bundle
 */
export async function bundledTask(): Promise<string> {
  const outfile = join(mkdtempSync(join(tmpdir(), 'schoolbell-bench-')), 'task.mjs');
  await build({ ...BUNDLING, entryPoints: [join(import.meta.dirname, 'task.ts')], outfile });
  return outfile;
}

/**
 * The memory, in MB, with which Lambda gives a function one whole core (documented by AWS). A function with
 * less memory gets a share of a core, in proportion to its memory.
 */
const WHOLE_CORE_MB = 1_769;

/**
 * Runs a bundle in a new process. Returns the time and memory that the process used for its task.
 *
 * @param task is passed as JSON in the first argument of the process
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

/**
 * The period, in milliseconds, in which Lambda is assumed to give a function its share of a core. AWS does
 * not document it.
 */
const PERIOD_MS = 20;

/**
 * Limits a process to a share of one core. Every 2 ms, stops the process if it has used more processor time
 * than its share allows: its share of the elapsed time plus one period. Otherwise, lets the process continue.
 */
function limitShare(child: ChildProcess, share: number): void {
  const began = performance.now();
  const timer = setInterval(() => {
    const earnedMs = share * (performance.now() - began + PERIOD_MS);
    child.kill(usedMs(child.pid ?? 0) > earnedMs ? 'SIGSTOP' : 'SIGCONT');
  }, 2);
  child.once('exit', () => clearInterval(timer));
}

/**
 * Returns the processor time that all threads of a process have used, in milliseconds. Returns 0 if a thread
 * ends while it is read, and on systems without `/proc`.
 */
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
