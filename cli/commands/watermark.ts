import type { Command } from 'commander';
import type { IntegrationId } from '../../functions/contract/integration.ts';
import { setWatermark } from '../../functions/core/operator/operator-changes.ts';
import { withDeployment } from '../deployment/open-deployment.ts';
import { findIntegration, printEvent, workOnIntegration } from '../deployment/work-on-integration.ts';
import { globalOptionsOf } from '../options/global-options.ts';
import { addIntegrationArgument, parseInstant } from '../options/values.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { createOutput } from '../terminal/output.ts';

type WatermarkOptions = { set?: string; force?: boolean };

/** `schoolbell watermark`: shows up to when an integration is read, or moves it back for a re-read. */
export function addWatermarkCommand(program: Command): void {
  addIntegrationArgument(
    program
      .command('watermark')
      .description('show up to when everything is read, or move it back to read from there again')
      .option('--set <time>', 'read again from there: only what was missed is published', parseInstant)
      .option('--force', 'also forward, over what no poll has read'),
  ).action(async (id: IntegrationId, options: WatermarkOptions, command: Command) => {
    if (options.set === undefined) return show(id, options, command);
    const { set, force = false } = options;
    const { result, output } = await workOnIntegration(command, id, async (worker) =>
      setWatermark(worker, set, { force }),
    );
    if (result.kind === 'refused') throw new CommandError(result.reason);
    const { before, after, endedRun } = result;
    const ended =
      endedRun === null ? '' : ` The run in progress (${endedRun.records} records read) was ended.`;
    output.answer(
      { integration: id, before, watermark: after, endedRun: endedRun !== null },
      `The watermark of ${id} is ${after}; it was ${before}.${ended} The next poll reads from there.`,
    );
  });
}

async function show(id: IntegrationId, { force }: WatermarkOptions, command: Command): Promise<void> {
  if (force) throw new CommandError('--force goes with --set only.', ExitCode.wrongUse);
  const { directory, json } = globalOptionsOf(command);
  const output = createOutput(json);
  await withDeployment(directory, printEvent(output), async ({ ports: { store } }) => {
    await findIntegration(store, id);
    const watermark = (await store.readCheckpoint(id))?.checkpoint.watermark ?? null;
    output.answer(
      { integration: id, watermark },
      watermark === null ? `${id} has no watermark: its next poll reads everything.` : watermark,
    );
  });
}
