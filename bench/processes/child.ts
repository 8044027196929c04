import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { isAbsolute, join } from 'node:path';

/** A process of the benchmark: each thing that is measured, and each thing it talks to, has one of its own. */
export type Child = {
  /** The next message that it sends. @throws when it ends before */
  said(): Promise<unknown>;
  /** Sends it a message and waits for its answer. */
  ask(message: object): Promise<unknown>;
  stop(): void;
  pid: number;
};

/**
 * Starts a file of this folder, or a bundle of one.
 *
 * @param task what it is to do, as JSON in its first argument
 * @param execArgv options of Node
 */
export function startChild(file: string, task: object, execArgv: string[] = []): Child {
  const child = fork(isAbsolute(file) ? file : join(import.meta.dirname, file), [JSON.stringify(task)], {
    execArgv,
  });
  return {
    said: () => said(child, file),
    async ask(message) {
      const answer = said(child, file);
      child.send(message);
      return answer;
    },
    stop: () => {
      child.kill();
    },
    pid: child.pid ?? 0,
  };
}

async function said(child: ChildProcess, file: string): Promise<unknown> {
  const message = once(child, 'message');
  const end = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with code ${code}`);
  });
  end.catch(() => undefined);
  const [value]: unknown[] = await Promise.race([message, end]);
  return value;
}
