import type { Command } from 'commander';
import { settleHold } from '../functions/core/operate.ts';
import { heldText } from './held-text.ts';
import { addIntegrationArgument } from './integration-argument.ts';
import { workOnIntegration } from './work-on-integration.ts';

/** `schoolbell release` and `schoolbell discard`: what a person decides about a mass change that was held. */
export function addHoldCommands(program: Command): void {
  const commands = [
    {
      by: 'release',
      description: 'let the changes that are held for a person through: the next poll publishes them',
      done: 'Released. The next poll publishes them.',
    },
    {
      by: 'discard',
      description: 'mark the changes that are held for a person: they are never published',
      done: 'Discarded. The next poll marks them, and publishes none of them.',
    },
  ] as const;
  for (const { by, description, done } of commands) {
    addIntegrationArgument(program.command(by).description(description)).action(
      async (id: string, _options: object, command: Command) => {
        const { result, output } = await workOnIntegration(command, id, (worker) => settleHold(worker, by));
        output.answer(
          { integration: id, by, held: result },
          result === null
            ? `Nothing is held for ${id}: nothing was changed.`
            : `${heldText(result)}. ${done}`,
        );
      },
    );
  }
}
