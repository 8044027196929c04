import { type Command, Option } from 'commander';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { PollMode } from '../../functions/contract/messages.ts';
import { limitedUntil } from '../../functions/core/state/checkpoint.ts';
import { openAws } from '../deployment/open-deployment.ts';
import { findIntegration } from '../deployment/work-on-integration.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { addIntegrationArgument, learnerDetailsOption } from '../options/values.ts';
import { notActive, type PollOptions, pollLocal } from '../runs/poll-local.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { createOutput, type Output } from '../terminal/output.ts';

/** `schoolbell poll`: on one machine it polls, on AWS it asks the deployment to. */
export function addPollCommand(program: Command): void {
  addIntegrationArgument(
    program
      .command('poll')
      .description('poll an integration now: read what changed, publish what happened')
      .addOption(
        new Option(
          '--mode <mode>',
          'what changed (incremental), everything as the first sync does (baseline), or everything to find what was missed (reconcile)',
        ).choices(PollMode.options),
      )
      .option('--force', 'with --mode baseline: again, though what happened meanwhile is then not published')
      .addOption(learnerDetailsOption())
      .addHelpText('after', HELP),
  ).action(async (id: IntegrationId, options: PollOptions, command: Command) => {
    const { directory, json } = globalOptionsOf(command);
    const output = createOutput(json);
    if (options.force && options.mode !== 'baseline') {
      throw new CommandError('--force goes with --mode baseline only.', ExitCode.wrongUse);
    }
    if (directory === null) await askForPoll(id, options, output);
    else process.exitCode = await pollLocal(id, directory, options, output);
  });
}

const HELP = `
An integration that was never synced gets its baseline first. With --local, one that was not added yet is added, with a
silent baseline; without a KOMBO_API_KEY in the environment a sandbox is polled, whose only integration is
sandbox:school and in which three days pass from one poll to the next.

Examples:
  schoolbell poll sandbox:school --local
  schoolbell poll moodle:7C9M5sXAQx2cNMpVHLojrFpL --local --json
  schoolbell poll moodle:7C9M5sXAQx2cNMpVHLojrFpL --mode reconcile`;

/** Asks the deployment for a poll. */
export async function askForPoll(
  id: IntegrationId,
  { mode, force, learnerDetails }: PollOptions,
  output: Output,
): Promise<void> {
  if (learnerDetails !== undefined || force) {
    throw new CommandError(
      `${force ? '--force' : '--learner-details'} goes with --local only: the deployment polls by its own settings.`,
      ExitCode.wrongUse,
    );
  }
  const { ports, queue } = openAws();
  const integration = await findIntegration(ports.store, id);
  if (integration.state !== 'active') throw notActive(integration);
  const checkpoint = (await ports.store.readCheckpoint(id))?.checkpoint ?? null;
  const until = checkpoint && limitedUntil(checkpoint, ports.clock());
  if (until) throw new CommandError(`Kombo's rate limit is reached until ${until}. Run this again then.`);
  if (mode === 'baseline' && checkpoint?.watermark) {
    throw new CommandError(
      `${id} was synced already: a poll publishes what changed, and schoolbell reconcile ${id} what was missed.`,
    );
  }
  const message = { integration: id, ...(mode && { mode }) };
  await queue?.send([message]);
  output.answer({ asked: message }, askedText(id, mode));
}

function askedText(id: IntegrationId, mode: PollMode | undefined): string {
  return mode === 'reconcile'
    ? `Asked the deployment to read everything of ${id}: what was missed goes to the bus. See what it found with: schoolbell status ${id}`
    : `Asked the deployment to poll ${id}: its events go to the bus. See them with: schoolbell events ${id}`;
}

/** `schoolbell reconcile`: a poll that then reads everything. */
export function addReconcileCommand(program: Command): void {
  addIntegrationArgument(
    program
      .command('reconcile')
      .description(
        'read everything, beside the polls, to find what they missed; this happens weekly by itself',
      ),
  ).action(async (id: IntegrationId, _options: object, command: Command) => {
    const { directory, json } = globalOptionsOf(command);
    const output = createOutput(json);
    const options = { mode: 'reconcile' as const };
    if (directory === null) await askForPoll(id, options, output);
    else process.exitCode = await pollLocal(id, directory, options, output);
  });
}
