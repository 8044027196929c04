import { writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, ExitCode } from './exit-code.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * The time that a command has to stop after the first signal. Then the process ends as if it were killed. No
 * data is lost, because the next command continues from the stored state.
 */
const STOP_MS = 5_000;

/** Aborts the signal of `interruption` when the command must stop: at Ctrl-C, or if its output was closed. */
let stopping = new AbortController();
let isOutputClosed = false;

/**
 * Returns the signal that is aborted when the running command must stop. The command then prints what
 * it has done.
 */
export function interruption(): AbortSignal {
  return stopping.signal;
}

/** Waits `ms` milliseconds, or until the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}

/**
 * Runs the program. Only this function makes the process listen to signals. A second signal ends the process
 * at once. The listeners stay until the program ends. If they were removed after the first signal, only the
 * listener of `log-update` would be left, which shows the cursor again and then ends the process.
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

/**
 * Stops the running command, because the program that reads its standard output has ended, as in `| head`.
 */
export function stopForClosedOutput(): void {
  if (!stopping.signal.aborted) isOutputClosed = true;
  stopping.abort();
}

/**
 * The error of a command that stopped before its end, at Ctrl-C or because its output was closed. The message
 * says what was done until then.
 */
export class InterruptedError extends CommandError {
  constructor(howFar: string) {
    super(
      `${isOutputClosed ? 'The output was closed' : 'Interrupted'}: ${howFar}`,
      isOutputClosed ? ExitCode.done : ExitCode.interrupted,
    );
  }
}

/**
 * Waits for work that only reads. If the command must stop, throws at once, without waiting for the end of
 * the work.
 *
 * @param howFar returns a sentence for the user about what was shown or done until then
 * @throws InterruptedError when the command must stop
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
