import type { Command } from 'commander';
import * as z from 'zod/mini';
import { IntegrationId } from '../../functions/contract/integration.ts';

export const DEFAULT_DIRECTORY = '.schoolbell';

const GlobalOptions = z.object({
  local: z.optional(z.union([z.string(), z.boolean()])),
  json: z._default(z.boolean(), false),
});

export type GlobalOptions = {
  /** The directory with the data of the embedded DynamoDB; null for the deployment on AWS. */
  directory: string | null;
  json: boolean;
};

/** Adds the options that all commands have. */
export function addGlobalOptions(program: Command): Command {
  return program
    .option(
      '--local [DIR]',
      `use an embedded DynamoDB and event bus, with data in DIR (default: ${DEFAULT_DIRECTORY}/)`,
    )
    .option('--json', 'print one JSON object per line on standard output, everything else on standard error');
}

export function globalOptionsOf(command: Command): GlobalOptions {
  const { local, json } = GlobalOptions.parse(command.optsWithGlobals());
  if (local === undefined || local === false) return { directory: null, json };
  return { directory: local === true || local === '' ? DEFAULT_DIRECTORY : local, json };
}

/**
 * Adds the default directory to a `--local` that is followed by a command or an integration. Otherwise Commander would
 * read the next argument as the directory, as in `poll --local moodle:7C9M…`.
 */
export function separateLocal(args: readonly string[], commands: ReadonlySet<string>): string[] {
  return args.map((arg, at) => {
    const next = args[at + 1];
    const isAlone = next !== undefined && (commands.has(next) || looksLikeIntegration(next));
    return arg === '--local' && isAlone ? `--local=${DEFAULT_DIRECTORY}` : arg;
  });
}

/**
 * Whether a text may be an integration's id. If there is a single letter before the colon, the text is a path on
 * Windows.
 */
function looksLikeIntegration(text: string): boolean {
  return IntegrationId.safeParse(text).success && !/^[A-Za-z]:/.test(text);
}
