import { CommandError, ExitCode } from './exit-code.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * How long a command may take to stop after the first signal. After that the process ends as if it were killed, which loses
 * nothing: the next command continues.
 */
const STOP_MS = 10_000;

/** Why the running command must stop, if it must: a signal, or nobody reads its output any more. */
let stopping = new AbortController();
let isOutputClosed = false;

/** Returns the signal that is aborted when the running command must stop, and how far it got must be said. */
export function interruption(): AbortSignal {
  return stopping.signal;
}

/**
 * Runs the program. This is the only place where the process listens to signals. The listeners stay until the program ends: if
 * one were removed at the first signal, another listener (`log-update` has one, to show the cursor again) would find itself
 * alone and end the process. A second signal ends the process at once.
 */
export async function untilProgramEnds(program: () => Promise<void>): Promise<void> {
  stopping = new AbortController();
  isOutputClosed = false;
  let signals = 0;
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    signals += 1;
    if (signals > 1) process.exit(ExitCode.interrupted);
    stopping.abort();
    timer = setTimeout(() => process.exit(ExitCode.interrupted), STOP_MS);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  try {
    await program();
  } finally {
    clearTimeout(timer);
    for (const signal of SIGNALS) process.removeListener(signal, stop);
  }
}

/** Stops the running command because the program that reads its standard output has ended, as in `| head`. */
export function stopForClosedOutput(): void {
  if (!stopping.signal.aborted) isOutputClosed = true;
  stopping.abort();
}

/** A command stopped before its end, at Ctrl-C or because nobody reads its output. The message says how far it got. */
export class InterruptedError extends CommandError {
  constructor(howFar: string) {
    super(
      `${isOutputClosed ? 'Nobody reads the output any more' : 'Interrupted'}: ${howFar}`,
      isOutputClosed ? ExitCode.done : ExitCode.interrupted,
    );
  }
}

/**
 * Waits for work that only reads. If the command must stop, gives up at once.
 *
 * @param howFar returns a sentence for the user: what was shown or done
 * @throws InterruptedError
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
