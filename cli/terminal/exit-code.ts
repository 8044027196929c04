/** What the process ends with. */
export const ExitCode = { done: 0, failed: 1, wrongUse: 2, held: 3 } as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

export const EXIT_CODE_HELP = `Exit codes:
  0  done
  1  failed; one line on standard error says why and what to do
  2  wrong use
  3  changes are held for a person`;

/** A command cannot do what it was asked; `message` is one line that says why and what to do. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = ExitCode.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}
