import { type Command, Option } from 'commander';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { PollMode } from '../../functions/contract/messages.ts';
import { requestReconciliation } from '../../functions/core/poll/run-poll.ts';
import type { Ports, Queue, RunSettings } from '../../functions/core/ports.ts';
import { limitedUntil } from '../../functions/core/state/checkpoint.ts';
import { findIntegration, underLease } from '../deployment/on-deployment.ts';
import { openAws } from '../deployment/open-deployment.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { addIntegrationCommand, learnerDetailsOption } from '../options/values.ts';
import { notActive, type PollOptions, pollLocal } from '../runs/poll-local.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { createOutput, type Output } from '../terminal/output.ts';

/** Adds `schoolbell poll`, and `schoolbell reconcile`, which is short for `poll --mode reconcile`. */
export function addPollCommands(program: Command): void {
  addIntegrationCommand(program, 'poll', 'poll an integration now: read what changed, publish events')
    .addOption(
      new Option(
        '--mode <mode>',
        'what to read: what changed (incremental), everything as in a first sync (baseline), or everything to find missed changes (reconcile)',
      ).choices(PollMode.options),
    )
    .option(
      '--force',
      "with --mode baseline: repeat the first sync; the integration's baseline determines whether changes since the last poll are published",
    )
    .addOption(learnerDetailsOption())
    .addHelpText('after', HELP)
    .action(poll);
  addIntegrationCommand(
    program,
    'reconcile',
    'poll an integration now, and read everything to find missed changes; other polls do this once a week',
  ).action((id: IntegrationId, options: PollOptions, command: Command) =>
    poll(id, { ...options, mode: 'reconcile' }, command),
  );
}

const HELP = `
An integration that was never synced gets its baseline first. With --local, an integration that was not added is added
with a silent baseline. With --local and without KOMBO_API_KEY in the environment, a sandbox of Kombo's API is polled: its
only integration is sandbox:school, and three days pass there from one poll to the next.

Examples:
  schoolbell poll sandbox:school --local
  schoolbell poll moodle:7C9M5sXAQx2cNMpVHLojrFpL --local --json
  schoolbell poll moodle:7C9M5sXAQx2cNMpVHLojrFpL --mode reconcile`;

async function poll(id: IntegrationId, options: PollOptions, command: Command): Promise<void> {
  const { directory, json, stack } = globalOptionsOf(command);
  const output = createOutput(json);
  if (options.force && options.mode !== 'baseline') {
    throw new CommandError('--force needs --mode baseline.', ExitCode.wrongUse);
  }
  if (directory === null) await requestPoll(id, options, output, () => openAws(stack));
  else process.exitCode = await pollLocal(id, directory, options, output);
}

/**
 * Requests a poll from the deployment on AWS, by a message to its poll queue.
 *
 * @throws CommandError when the deployment could not do what the options ask, or Kombo's rate limit is
 *   reached, or another poll or command holds the lease during `reconcile`
 */
export async function requestPoll(
  id: IntegrationId,
  { mode, force, learnerDetails }: PollOptions,
  output: Output,
  open: () => Promise<{ ports: Ports; settings: RunSettings; queue: Queue }>,
): Promise<void> {
  if (learnerDetails !== undefined || force) {
    throw new CommandError(
      `${force ? '--force' : '--learner-details'} needs --local: a deployment polls with its own settings.`,
      ExitCode.wrongUse,
    );
  }
  const deployment = await open();
  const { ports, queue } = deployment;
  const integration = await findIntegration(ports.store, id);
  if (integration.state !== 'active') throw notActive(integration);
  const checkpoint = (await ports.store.readCheckpoint(id))?.checkpoint ?? null;
  const until = checkpoint && limitedUntil(checkpoint, ports.clock());
  if (until)
    throw new CommandError(
      `Kombo accepts no requests before ${until}, because its rate limit is reached. Run this command again after that time.`,
    );
  if (mode === 'baseline' && checkpoint?.watermark) {
    throw new CommandError(
      `No baseline was started, because ${id} already had its first sync. A poll without --mode publishes what changed since the last poll. To publish also what earlier polls missed: schoolbell reconcile ${id}`,
    );
  }
  // The poll function drops a message that comes during another poll, so the checkpoint contains the request.
  if (mode === 'reconcile') {
    await underLease(deployment, integration, async (worker) => requestReconciliation(worker));
  }
  await queue.send([{ integration: id }]);
  const asked =
    mode === 'reconcile'
      ? `Requested a poll of ${id} that reads everything: missed changes are published to the bus. See the result with: schoolbell status ${id}`
      : `Requested a poll of ${id}: its events are published to the bus. See them with: schoolbell events ${id}`;
  output.result({ asked: { integration: id, ...(mode && { mode }) } }, asked);
}
