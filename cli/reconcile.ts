import type { Command } from 'commander';
import type { IntegrationId } from '../functions/contract/integration-id.ts';
import { globalOptionsOf } from './global-options.ts';
import { addIntegrationArgument } from './integration-argument.ts';
import { createOutput } from './output.ts';
import { askForPoll } from './poll.ts';
import { pollLocal } from './poll-local.ts';

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
