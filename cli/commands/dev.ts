import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import type { RunSettings } from '../../functions/core/ports.ts';
import { openLocalKombo } from '../../local/local-kombo.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { learnerDetailsOption, numberFrom, parseIntegrationId } from '../options/values.ts';
import { runDev } from '../runs/dev-run.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { interruption } from '../terminal/interruption.ts';
import { createOutput } from '../terminal/output.ts';
import { createDevView } from '../views/dev-view.ts';

type DevOptions = {
  watch?: boolean;
  integration?: IntegrationId;
  every?: number;
  learnerDetails?: RunSettings['learnerDetails'];
};

const STORY_SECONDS = 2;
const API_SECONDS = 60;

export function addDevCommand(program: Command): void {
  program
    .command('dev')
    .description('run everything on this machine, and show what comes in and what goes out (npm start)')
    .option('--watch', 'continue until Ctrl-C')
    .option('--integration <id>', 'with KOMBO_API_KEY set: the integration to poll', parseIntegrationId)
    .option(
      '--every <seconds>',
      `time from one poll to the next (default: ${STORY_SECONDS} in the sandbox, ${API_SECONDS} with KOMBO_API_KEY set)`,
      numberFrom(0, 86_400),
    )
    .addOption(learnerDetailsOption())
    .addHelpText('after', HELP)
    .action(async (options: DevOptions, command: Command) => {
      const { directory, json } = globalOptionsOf(command);
      if (directory !== null) {
        process.exitCode = await dev(directory, directory, json, options);
        return;
      }
      // The folder is not deleted afterwards, so that the user can open the certificates.
      const certificates = join(tmpdir(), `schoolbell-certificates-${randomUUID()}`);
      process.exitCode = await withTemporaryDirectory((data) => dev(data, certificates, json, options));
    });
}

const HELP = `
Starts a sandbox of Kombo's API with a small school, an embedded DynamoDB and a local event bus, and runs the
deployed functions with them, unchanged, for three simulated weeks. The data is in a temporary directory, or with
--local in DIR. If KOMBO_API_KEY is set, the command polls Kombo's API instead of the sandbox: the baseline and one
more poll, or with --watch one poll after another.`;

/** Runs work with a new directory. Removes it afterwards, even if the process exits during the work. */
async function withTemporaryDirectory<Result>(work: (directory: string) => Promise<Result>): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), 'schoolbell-'));
  const remove = () => rmSync(directory, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    return await work(directory);
  } finally {
    process.removeListener('exit', remove);
    remove();
  }
}

async function dev(directory: string, folder: string, json: boolean, options: DevOptions): Promise<ExitCode> {
  const kombo = await openLocalKombo(process.env, directory);
  try {
    const { school } = kombo;
    const integration = options.integration ?? school?.integration;
    if (integration === undefined) {
      throw new CommandError(
        'KOMBO_API_KEY is set, so the real API is polled: name the integration with --integration ID, or unset KOMBO_API_KEY to poll the sandbox.',
        ExitCode.wrongUse,
      );
    }
    // The learners of the sandbox are invented, so their names may be shown.
    const learnerDetails = options.learnerDetails ?? (school === null ? undefined : 'include');
    return await runDev({
      directory,
      // Certificates are issued only in the sandbox: nobody has asked for certificates of real learners.
      certificates: school === null || json ? null : folder,
      kombo,
      integration,
      watch: options.watch ?? false,
      everyMs: (options.every ?? defaultSeconds(school !== null, options)) * 1000,
      ...(learnerDetails && { learnerDetails }),
      view: createDevView(createOutput(json)),
      stop: interruption(),
    });
  } finally {
    await kombo.close();
  }
}

/**
 * Returns the seconds between two polls if `--every` is not given. In the sandbox, they are 0 unless the
 * output is a terminal or `--watch` is given.
 */
function defaultSeconds(isSandbox: boolean, { watch = false }: DevOptions): number {
  if (!isSandbox) return API_SECONDS;
  return process.stdout.isTTY || watch ? STORY_SECONDS : 0;
}
