import type { Command } from 'commander';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { addIntegrationArgument } from '../options/integration-argument.ts';
import { pollLocal } from '../runs/poll-local.ts';
import { createOutput } from '../terminal/output.ts';
import { askForPoll } from './poll.ts';

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
