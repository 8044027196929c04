import { type Command, InvalidArgumentError } from 'commander';
import * as z from 'zod/mini';
import { IntegrationId } from '../../functions/contract/integration.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { suggestWith } from '../terminal/terminal-text.ts';

export const DEFAULT_DIRECTORY = '.schoolbell';

const GlobalOptions = z.object({
  local: z.optional(z.union([z.string(), z.boolean()])),
  json: z._default(z.boolean(), false),
  stack: z.optional(z.string()),
  profile: z.optional(z.string()),
  region: z.optional(z.string()),
});

export type GlobalOptions = {
  /** The directory with the data of the embedded DynamoDB; null for the deployment on AWS. */
  directory: string | null;
  json: boolean;
  /** The name of the stack on AWS; null if the environment or the outputs file names the deployment. */
  stack: string | null;
};

export function addGlobalOptions(program: Command): Command {
  return program
    .option(
      '--local [DIR]',
      `use an embedded DynamoDB and event bus, with data in DIR (default: ${DEFAULT_DIRECTORY}/)`,
    )
    .option('--json', 'print one JSON object per line on standard output, everything else on standard error')
    .option('--stack <name>', 'work on the deployment in this CloudFormation stack', parseName)
    .option('--profile <name>', 'use this profile of the AWS configuration', parseName)
    .option('--region <name>', 'use this AWS Region', parseName);
}

/** Refuses an empty text, as from an empty variable of a script: the SDK would use its default account or Region. */
function parseName(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('It is empty: give a name.');
  return text;
}

/** @throws CommandError for `--local` together with `--stack` */
export function globalOptionsOf(command: Command): GlobalOptions {
  const { local, json, stack = null } = GlobalOptions.parse(command.optsWithGlobals());
  if (local === undefined || local === false) return { directory: null, json, stack };
  if (stack !== null) {
    throw new CommandError('Use --local or --stack, but not both.', ExitCode.wrongUse);
  }
  return { directory: local === true || local === '' ? DEFAULT_DIRECTORY : local, json, stack };
}

/**
 * Uses the account and the Region that the options name, and adds the options to the commands that messages
 * suggest. As in the AWS CLI, a profile has precedence over credentials in the environment.
 */
export function selectDeployment(program: Command, command: Command): void {
  const { local = false, stack, profile, region } = GlobalOptions.parse(command.optsWithGlobals());
  const directory = local === true || local === DEFAULT_DIRECTORY ? '' : local;
  const account = optionsText({ profile, region });
  const commands = program.commands.map((each) => each.name());
  suggestWith(`${optionsText({ local: directory, stack })}${account}`, account, commands);
  if (profile !== undefined) {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'])
      delete process.env[name];
    process.env['AWS_PROFILE'] = profile;
  }
  if (region !== undefined) process.env['AWS_REGION'] = region;
}

function optionsText(options: Record<string, string | boolean | undefined>): string {
  return Object.entries(options)
    .flatMap(([name, value]) =>
      typeof value === 'string' ? [` --${name}${value && ` ${quoted(value)}`}`] : [],
    )
    .join('');
}

/** Returns a text as one word of a POSIX shell. */
export function quoted(text: string): string {
  return /^[\w./:@%+,=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Adds the default directory to a `--local` that a command or an integration follows. Otherwise Commander
 * reads the next argument as the directory, as in `poll --local moodle:7C9M…`.
 */
export function separateLocal(args: readonly string[], commands: ReadonlySet<string>): string[] {
  return args.map((arg, at) => {
    const next = args[at + 1];
    const isAlone = next !== undefined && (commands.has(next) || looksLikeIntegration(next));
    return arg === '--local' && isAlone ? `--local=${DEFAULT_DIRECTORY}` : arg;
  });
}

/** A text with a single letter before the colon is a path on Windows. */
function looksLikeIntegration(text: string): boolean {
  return IntegrationId.safeParse(text).success && !/^[A-Za-z]:/.test(text);
}
