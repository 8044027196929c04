import type { Command } from 'commander';
import { minute, plural } from '../../functions/contract/printable-text.ts';
import { retrySetAside } from '../../functions/core/operator/retry-set-aside.ts';
import type { SetAside } from '../../functions/core/state/set-aside.ts';
import { findIntegration, onDeployment, onIntegration, READS } from '../deployment/on-deployment.ts';
import { addIntegrationCommand } from '../options/values.ts';
import { CommandError, ExitCode } from '../terminal/exit-code.ts';
import { plainTable } from '../views/plain-table.ts';

export function addSetAsideCommand(program: Command): void {
  const setAside = program
    .command('set-aside')
    .description('list, retry or drop records and events that could not be processed, and unknown statuses');

  addIntegrationCommand(setAside, 'list', 'list what is set aside, and why').action(
    (id: string, _options: object, command: Command) =>
      onDeployment(command, READS, async ({ ports: { store } }, output) => {
        await findIntegration(store, id);
        const items = await store.readSetAside(id);
        if (items.length === 0) return output.say(`Nothing is set aside for ${id}.`);
        output.result(
          items,
          ...plainTable(
            ['KIND', 'ID', 'SINCE (UTC)', 'REASON'],
            items.map((item) => [item.kind, item.id, minute(item.at), reasonText(item)]),
          ),
        );
      }),
  );

  addIntegrationCommand(
    setAside,
    'retry',
    'read the records and publish the events again; statuses stay in the list',
  ).action(async (id: string, _options: object, command: Command) => {
    const { result, output } = await onIntegration(command, id, async (worker) =>
      retrySetAside(worker, await worker.ports.store.readSetAside(id)),
    );
    const { processed, remaining } = result;
    for (const item of processed) {
      output.result({ ...item, settled: true }, `processed        ${item.kind} ${item.id}`);
    }
    for (const item of remaining) {
      output.result(
        { ...item, settled: false },
        `still set aside  ${item.kind} ${item.id}: ${reasonText(item)}`,
      );
    }
    output.say(
      processed.length + remaining.length === 0
        ? `Nothing is set aside for ${id}.`
        : `${processed.length} processed, ${remaining.length} still set aside.`,
    );
    if (remaining.length > 0) process.exitCode = ExitCode.failed;
  });

  addIntegrationCommand(
    setAside,
    'drop',
    'remove one record, event or status from the list without processing it',
  )
    .argument('<id>', 'the ID of the item in the list')
    .addHelpText('after', DROP_HELP)
    .action(async (id: string, itemId: string, _options: object, command: Command) => {
      const { result, output } = await onIntegration(command, id, async ({ ports: { store } }) => {
        const items = (await store.readSetAside(id)).filter((item) => item.id === itemId);
        for (const item of items) await store.removeSetAside(id, item);
        return items;
      });
      if (result.length === 0) {
        throw new CommandError(
          `${id} has no item ${itemId}. List the items with: schoolbell set-aside list ${id}`,
        );
      }
      for (const item of result) {
        output.result({ ...item, dropped: true }, `dropped  ${item.kind} ${item.id}: ${reasonText(item)}`);
      }
    });
}

const DROP_HELP = `
A dropped event is never published. A dropped record is listed again by the next poll that reads it and cannot process it.`;

function reasonText(item: SetAside): string {
  if (item.kind !== 'status') return item.reason;
  const { count, sample, reason } = item;
  const examples = sample.length < count ? `, such as ${sample.join(', ')}` : `: ${sample.join(', ')}`;
  return `${reason} (${plural(count, 'record')}${examples})`;
}
