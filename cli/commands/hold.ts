import type { Command } from 'commander';
import { decideHold } from '../../functions/core/episodes/hold.ts';
import { onIntegration } from '../deployment/on-deployment.ts';
import { addIntegrationCommand } from '../options/values.ts';
import { CommandError } from '../terminal/exit-code.ts';
import { decidedText } from '../views/hold-text.ts';
import { countingText, heldText } from '../views/poll-outcome.ts';

/** Adds `schoolbell release` and `schoolbell discard`. */
export function addHoldCommands(program: Command): void {
  const commands = [
    { by: 'release', description: 'release held changes: the next poll publishes them' },
    { by: 'discard', description: 'discard held changes: they are never published' },
  ] as const;
  for (const { by, description } of commands) {
    addIntegrationCommand(program, by, description).action(
      async (id: string, _options: object, command: Command) => {
        const { result, output } = await onIntegration(command, id, (worker) => decideHold(worker, by));
        switch (result.kind) {
          case 'nothing held':
            output.result(
              { integration: id, by, held: null },
              `${id} has no held changes, so nothing was changed.`,
            );
            return;
          case 'counting': {
            const pages = result.held.counting?.passPages ?? null;
            throw new CommandError(
              `The held changes of ${id} are ${countingText(pages)}, so nothing was changed. The next poll continues to count. See: schoolbell status ${id}`,
            );
          }
          case 'decided': {
            const { since, mode, waiting, sample, limit } = result.held;
            const held = { since, mode, waiting, sample, limit };
            output.result(
              { integration: id, by, held },
              `${heldText(held)}. ${decidedText(by, id, waiting)}`,
            );
          }
        }
      },
    );
  }
}
