import type { Command } from 'commander';
import { decideHold } from '../../functions/core/episodes/hold.ts';
import { workOnIntegration } from '../deployment/work-on-integration.ts';
import { addIntegrationArgument } from '../options/values.ts';
import { CommandError } from '../terminal/exit-code.ts';
import { countingText, heldText } from '../views/held-text.ts';

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
        const { result, output } = await workOnIntegration(command, id, (worker) => decideHold(worker, by));
        switch (result.kind) {
          case 'nothing held':
            output.answer(
              { integration: id, by, held: null },
              `Nothing is held for ${id}: nothing was changed.`,
            );
            return;
          case 'counting': {
            const pages = result.held.counting?.passPages ?? null;
            throw new CommandError(
              `The held changes of ${id} are ${countingText(pages)}: nothing was changed. The next poll goes on counting; see: schoolbell status ${id}`,
            );
          }
          case 'decided': {
            const { since, mode, waiting, sample, limit } = result.held;
            const held = { since, mode, waiting, sample, limit };
            output.answer({ integration: id, by, held }, `${heldText(held)}. ${done}`);
          }
        }
      },
    );
  }
}
