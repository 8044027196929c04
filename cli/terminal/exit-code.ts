export const ExitCode = { done: 0, failed: 1, wrongUse: 2, held: 3, interrupted: 130 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const EXIT_CODE_HELP = `Exit codes:
  0    done
  1    failed; one line on standard error gives the reason and what to do
  2    wrong use: an unknown command or option, or a wrong value
  3    changes are held until a person releases or discards them
  130  interrupted by Ctrl-C before the end; one line on standard error says what was done until then`;

/** `message` is one line that says why the command failed, and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = ExitCode.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
