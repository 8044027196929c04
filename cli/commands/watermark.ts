import type { Command } from 'commander';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { plural } from '../../functions/contract/printable-text.ts';
import { setWatermark } from '../../functions/core/operator/operator-changes.ts';
import { findIntegration, onDeployment, onIntegration, READS } from '../deployment/on-deployment.ts';
import { addIntegrationCommand, parseInstant } from '../options/values.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';

type WatermarkOptions = { set?: string; force?: boolean };

export function addWatermarkCommand(program: Command): void {
  addIntegrationCommand(program, 'watermark', 'show up to which time all changes were read, or set that time')
    .option(
      '--set <time>',
      'read again from this time on; only changes that were missed are published',
      parseInstant,
    )
    .option('--force', 'allow a later time: changes that no poll has read are skipped')
    .action(async (id: IntegrationId, options: WatermarkOptions, command: Command) => {
      if (options.set === undefined) return show(id, options, command);
      const { set, force = false } = options;
      const { result, output } = await onIntegration(command, id, async (worker) =>
        setWatermark(worker, set, { force }),
      );
      if (result.kind === 'refused') throw new CommandError(result.reason);
      const { before, after, endedRun } = result;
      const ended =
        endedRun === null
          ? ''
          : ` The run in progress (${plural(endedRun.records, 'record')} read) was ended.`;
      output.result(
        { integration: id, before, watermark: after, endedRun: endedRun !== null },
        `The watermark of ${id} is ${after}; it was ${before}.${ended} The next poll reads from the new watermark.`,
      );
    });
}

async function show(id: IntegrationId, { force }: WatermarkOptions, command: Command): Promise<void> {
  if (force) throw new CommandError('--force needs --set.', ExitCode.wrongUse);
  await onDeployment(command, READS, async ({ ports: { store } }, output) => {
    await findIntegration(store, id);
    const watermark = (await store.readCheckpoint(id))?.checkpoint.watermark ?? null;
    output.result(
      { integration: id, watermark },
      watermark === null ? `${id} has no watermark: its next poll reads everything.` : watermark,
    );
  });
}
