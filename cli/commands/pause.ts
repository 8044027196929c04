import { isDeepStrictEqual } from 'node:util';
import type { Command } from 'commander';
import { changeState } from '../../functions/core/operator/operator-changes.ts';
import { onIntegration } from '../deployment/on-deployment.ts';
import { addIntegrationCommand } from '../options/values.ts';
import { CommandError } from '../terminal/exit-code.ts';

/** Adds `schoolbell pause` and `schoolbell resume`. */
export function addPauseCommands(program: Command): void {
  const commands = [
    {
      name: 'pause',
      state: 'paused',
      description: 'stop polling an integration until it is resumed',
      done: (id: string) => `Paused ${id}: it is not polled until you run: schoolbell resume ${id}`,
    },
    {
      name: 'resume',
      state: 'active',
      description: 'poll a paused integration again, from its watermark on',
      done: (id: string) => `Resumed ${id}: its next poll publishes the changes since it was paused.`,
    },
  ] as const;
  for (const { name, state, description, done } of commands) {
    addIntegrationCommand(program, name, description).action(
      async (id: string, _options: object, command: Command) => {
        const { result, integration, output } = await onIntegration(command, id, (worker) =>
          changeState(worker, state),
        );
        if (result.state === 'removed') {
          throw new CommandError(`${id} was removed. Add it again: schoolbell integrations add ${id}`);
        }
        const isSame = isDeepStrictEqual(result, integration);
        output.result(result, isSame ? `${id} is already ${state}, so nothing was changed.` : done(id));
      },
    );
  }
}
