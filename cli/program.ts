import { Command, CommanderError } from 'commander';
import product from '../package.json' with { type: 'json' };
import { addDevCommand } from './commands/dev.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEventsCommand } from './commands/events.ts';
import { addHoldCommands } from './commands/hold.ts';
import { addInitCommand } from './commands/init.ts';
import { addIntegrationsCommand } from './commands/integrations.ts';
import { addKeyCommand } from './commands/key.ts';
import { addPauseCommands } from './commands/pause.ts';
import { addPollCommands } from './commands/poll.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addSandboxCommand } from './commands/sandbox.ts';
import { addSetAsideCommand } from './commands/set-aside.ts';
import { addStatusCommand } from './commands/status.ts';
import { addWatermarkCommand } from './commands/watermark.ts';
import { addGlobalOptions, selectDeployment, separateLocal } from './options/global-options.ts';
import { CommandError, EXIT_CODE_HELP, ExitCode } from './terminal/exit-code.ts';
import { untilProgramEnds } from './terminal/interruption.ts';
import { printError, printText, terminalColumns } from './terminal/output.ts';
import { oneLine, reportError } from './terminal/report-error.ts';
import { suggestWith } from './terminal/terminal-text.ts';

/** Sets the process's exit code. Never throws. */
export async function runProgram(args: readonly string[]): Promise<void> {
  const program = buildProgram();
  let running = program;
  suggestWith('', '', []);
  program.hook('preAction', (_program, command) => {
    running = command;
  });
  try {
    await untilProgramEnds(async () => {
      const names = new Set(descendants(program).map((command) => command.name()));
      await program.parseAsync(separateLocal(args, names), { from: 'user' });
    });
  } catch (error) {
    const isWrongUse = error instanceof CommandError && error.exitCode === ExitCode.wrongUse;
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? ExitCode.done : ExitCode.wrongUse;
    } else process.exitCode = reportError(error, isWrongUse ? ` See: ${helpOf(running)}` : '');
  }
}

export function buildProgram(): Command {
  const program = addGlobalOptions(new Command('schoolbell'))
    .description('Turns the polling API of a learning platform into events on Amazon EventBridge.')
    .helpOption('-h, --help', 'show this help')
    .version(product.version, '--version', 'show the version')
    .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(110, terminalColumns()) })
    .configureOutput({
      writeOut: (text) => printText(...linesOf(text)),
      writeErr: (text) => printError(...linesOf(text)),
    })
    .exitOverride()
    .hook('preAction', selectDeployment)
    .addHelpText('after', HELP);
  addDevCommand(program);
  addInitCommand(program);
  addSandboxCommand(program);
  addKeyCommand(program);
  addIntegrationsCommand(program);
  addPollCommands(program);
  addEventsCommand(program);
  addStatusCommand(program);
  addReplayCommand(program);
  addWatermarkCommand(program);
  addHoldCommands(program);
  addPauseCommands(program);
  addSetAsideCommand(program);
  addDoctorCommand(program);
  for (const command of [program, ...descendants(program)]) {
    command.helpCommand(false);
    command.configureOutput({ outputError: (text) => printError(inOneLine(text, command)) });
  }
  return program;
}

function linesOf(text: string): string[] {
  return text.trimEnd().split('\n');
}

function descendants(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...descendants(one)]);
}

/** Returns for example `schoolbell events --help`. */
function helpOf(command: Command): string {
  return command.parent === null
    ? `${command.name()} --help`
    : helpOf(command.parent).replace(/--help$/, `${command.name()} --help`);
}

const HELP = `
Without --local, a command uses your AWS credentials and works on the deployment in the stack that --stack names.
Without --stack, the command works on the deployment that environment variables name, or else on the deployment that
was last deployed from this folder (cdk deploy writes schoolbell.outputs.json).

With --local, a command works on an embedded DynamoDB and event bus on this machine. If KOMBO_API_KEY is set, the
command polls KOMBO_BASE_URL (which includes /v1; default: Kombo's EU host). Otherwise, the command polls a sandbox of
Kombo's API.

${EXIT_CODE_HELP}`;

/** Returns a message of Commander, which prints its hints on separate lines, as one line. */
function inOneLine(text: string, command: Command): string {
  const message = oneLine(text).replace(/^error: /, '');
  return `schoolbell: ${message}${/[.?)]$/.test(message) ? '' : '.'} See: ${helpOf(command)}`;
}
