import { Command, CommanderError } from 'commander';
import { addDevCommand } from './commands/dev.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEventsCommand } from './commands/events.ts';
import { addHoldCommands } from './commands/hold.ts';
import { addIntegrationsCommand } from './commands/integrations.ts';
import { addKeyCommand } from './commands/key.ts';
import { addPauseCommands } from './commands/pause.ts';
import { addPollCommand, addReconcileCommand } from './commands/poll.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addSandboxCommand } from './commands/sandbox.ts';
import { addSetAsideCommand } from './commands/set-aside.ts';
import { addStatusCommand } from './commands/status.ts';
import { addWatermarkCommand } from './commands/watermark.ts';
import { addGlobalOptions, separateLocal } from './options/global-options.ts';
import { EXIT_CODE_HELP, ExitCode } from './terminal/exit-code.ts';
import { printError } from './terminal/output.ts';
import { reportError } from './terminal/report-error.ts';

/** Runs the command line. Sets the process's exit code; never throws. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const program = buildProgram();
  try {
    await program.parseAsync(separateLocal(args, commandNames(program)), { from: 'user' });
  } catch (error) {
    process.exitCode = error instanceof CommanderError ? exitCodeOf(error) : reportError(error);
  }
}

/** The command line, with every command. */
export function buildProgram(): Command {
  const program = addGlobalOptions(new Command('schoolbell'))
    .description('Turns the polling API of a learning platform into events on Amazon EventBridge.')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, helpWidth: 110 })
    .configureOutput({ outputError: (text) => printError(inOneLine(text)) })
    .exitOverride()
    .addHelpText('after', HELP);
  addDevCommand(program);
  addSandboxCommand(program);
  addKeyCommand(program);
  addIntegrationsCommand(program);
  addPollCommand(program);
  addEventsCommand(program);
  addStatusCommand(program);
  addReplayCommand(program);
  addReconcileCommand(program);
  addWatermarkCommand(program);
  addHoldCommands(program);
  addPauseCommands(program);
  addSetAsideCommand(program);
  addDoctorCommand(program);
  return program;
}

const HELP = `
Without --local, a command works on the deployment on AWS that was last deployed from this folder (cdk deploy writes
schoolbell.outputs.json), or the one that the environment names, with your AWS credentials. With --local, on embedded
parts on this machine; the API is then KOMBO_BASE_URL (with its /v1; by default Kombo's EU host) with KOMBO_API_KEY, or
without a key a sandbox.

${EXIT_CODE_HELP}`;

/** Commander's hints come on lines of their own. */
function inOneLine(text: string): string {
  const message = text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ');
  return `schoolbell: ${message}${/[.?)]$/.test(message) ? '' : '.'} See: schoolbell --help`;
}

function exitCodeOf(error: CommanderError): ExitCode {
  return error.exitCode === 0 ? ExitCode.done : ExitCode.wrongUse;
}

function commandNames(command: Command): Set<string> {
  return new Set(command.commands.flatMap((one) => [one.name(), ...commandNames(one)]));
}
