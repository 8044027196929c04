import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, ExitCode } from './exit-code.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** After the first signal, the process ends within this time. The next command continues its work. */
const STOP_MS = 5_000;

let stopping = new AbortController();
let isOutputClosed = false;

/** Returns the signal that is aborted when the command must stop: at Ctrl-C, or if its output was closed. */
export function interruption(): AbortSignal {
  return stopping.signal;
}

/** Ends early, without an error, when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * Runs the program and listens to signals. A second signal ends the process at once. The listeners stay until
 * the program ends: if only the listener of `log-update` were left, it would end the process at the first
 * signal.
 */
export async function untilProgramEnds(program: () => Promise<void>): Promise<void> {
  stopping = new AbortController();
  isOutputClosed = false;
  let signals = 0;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    signals += 1;
    if (signals > 1) endAtOnce();
    stopping.abort();
    timer ??= setTimeout(endAtOnce, STOP_MS);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    await program();
  } finally {
    clearTimeout(timer);
    for (const signal of SIGNALS) process.removeListener(signal, stop);
  }
}

function endAtOnce(): never {
  try {
    writeSync(
      process.stderr.fd,
      'schoolbell: Interrupted in the middle of a step. Nothing is lost: the next command continues.\n',
    );
  } catch {
    // Nobody reads standard error any more.
  }
  process.exit(ExitCode.interrupted);
}

/** Stops the command after the program that reads its output has ended, as in `| head`. */
export function stopForClosedOutput(): void {
  if (!stopping.signal.aborted) isOutputClosed = true;
  stopping.abort();
}

/** The message says what a command had done when Ctrl-C or the closed output stopped it. */
export class InterruptedError extends CommandError {
  constructor(howFar: string) {
    super(
      `${isOutputClosed ? 'The output was closed' : 'Interrupted'}: ${howFar}`,
      isOutputClosed ? ExitCode.done : ExitCode.interrupted,
    );
  }
}

/**
 * Waits for work that only reads.
 *
 * @param howFar returns a sentence for the user about what was done until then
 * @throws InterruptedError when the command must stop, without waiting for the end of the work
 */
export async function unlessInterrupted<Result>(
  work: Promise<Result>,
  howFar: () => string,
): Promise<Result> {
  const { signal } = stopping;
  const given = Promise.withResolvers<never>();
  const giveUp = () => given.reject(new InterruptedError(howFar()));
  if (signal.aborted) giveUp();
  signal.addEventListener('abort', giveUp);
  try {
    return await Promise.race([work, given.promise]);
  } finally {
    signal.removeEventListener('abort', giveUp);
    work.catch(() => undefined);
  }
}
